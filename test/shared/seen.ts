import {
  readBlocks,
  type DeltaOp,
  type DocumentModel,
  type LineKind,
  type Span,
} from '../../shared/document/index.ts';

/** A stretch of a line as a reader sees it: its words or what stands there, and its marks. */
export interface SeenSpan {
  what: string | { note: SeenLine[] } | { embed: unknown };
  marks: string;
}

export interface SeenLine {
  kind: string;
  spans: SeenSpan[];
}

interface SeenOptions {
  /** How kinds are told: published, theses are paragraphs. */
  kind?: (kind: LineKind) => string;
  /** Lines without anything in them count as lines. */
  empty?: boolean;
}

/**
 * What a reader sees of a document: the kind of each line, its words with their marks, each note's
 * text where its mark stands, dividers as lines of their own. Two documents that are seen alike are
 * the same to whoever reads them, whatever their ids are.
 */
export function seenDocument(
  { body, footnotes }: Pick<DocumentModel, 'body' | 'footnotes'>,
  { kind = fullKind, empty = false }: SeenOptions = {},
): SeenLine[] {
  const noteOf = (id: string): SeenLine[] => {
    const delta = Object.hasOwn(footnotes, id) ? (footnotes[id] ?? []) : [];
    return seenLines([...delta, { insert: '\n' }], () => [], kind).filter(isFilled);
  };
  const lines = seenLines(body, noteOf, kind);
  return empty ? lines : lines.filter(isFilled);
}

function seenLines(
  delta: readonly DeltaOp[],
  noteOf: (id: string) => SeenLine[],
  kind: (kind: LineKind) => string,
): SeenLine[] {
  return readBlocks(delta).flatMap((line) => {
    const parts: SeenLine[] = [{ kind: kind(line), spans: [] }];
    for (const span of line.spans) {
      if ('embed' in span && span.embed.kind === 'divider') {
        parts.push({ kind: 'divider', spans: [] }, { kind: kind(line), spans: [] });
      } else addSpan(parts.at(-1)?.spans ?? [], seenSpan(span, noteOf));
    }
    return parts;
  });
}

function seenSpan(span: Span, noteOf: (id: string) => SeenLine[]): SeenSpan {
  const marks = JSON.stringify(span.marks, Object.keys(span.marks).sort());
  if ('text' in span) return { what: span.text, marks };
  const { embed } = span;
  return embed.kind === 'footnote'
    ? { what: { note: noteOf(embed.id) }, marks: '' }
    : { what: { embed: embed.kind === 'unknown' ? embed.value : {} }, marks: '' };
}

function addSpan(spans: SeenSpan[], next: SeenSpan): void {
  const last = spans.at(-1);
  if (
    last &&
    typeof last.what === 'string' &&
    typeof next.what === 'string' &&
    last.marks === next.marks
  ) {
    last.what += next.what;
  } else spans.push(next);
}

function isFilled({ kind, spans }: SeenLine): boolean {
  return kind === 'divider' || spans.length > 0;
}

export function fullKind(kind: LineKind): string {
  switch (kind.kind) {
    case 'heading':
      return `heading ${kind.level}`;
    case 'list':
      return `${kind.style} ${kind.indent}`;
    case 'raw':
      return `raw ${kind.format}`;
    case 'thesis':
    case 'counterpoint':
    case 'quote':
    case 'code':
    case 'paragraph':
      return kind.kind;
  }
}

/** As readers of a published piece see it: what argues is a paragraph. */
export function publishedKind(kind: LineKind): string {
  return kind.kind === 'thesis' || kind.kind === 'counterpoint' ? 'paragraph' : fullKind(kind);
}

/** Every word that is seen, in order, each note's behind all others as most programs have them. */
export function seenWords(model: Pick<DocumentModel, 'body' | 'footnotes'>): string[] {
  return seenDocument(model).flatMap(({ spans }) =>
    spans
      .map(({ what }) => (typeof what === 'string' ? what : ' '))
      .join('')
      .split(/\s+/u)
      .filter((word) => word !== ''),
  );
}
