import { lineText, readBlocks, type Line, type Span } from '../../document/blocks.ts';
import { normalDelta } from '../../document/delta/delta.ts';
import { kindAttributes } from '../../document/editing/edit.ts';
import { linkAddress } from '../../document/link-address.ts';
import type { DocumentModel } from '../../document/model.ts';
import type { Attributes, DeltaOp, LineKind, Marks } from '../../document/schema.ts';
import { noteLabels, rawTexts } from '../raw-source.ts';

/**
 * What readers see of a document: theses and counterpoints as paragraphs, footnotes numbered in the
 * order in which they are referred to (but for numbers that raw source has notes of), no empty lines, no spaces in bold, no link that runs a script,
 * nothing unknown.
 */
export function publishable(model: DocumentModel): {
  lines: Line[];
  footnotes: Record<string, DeltaOp[]>;
} {
  const body = readBlocks(model.body);
  const numbers = new Map<string, string>();
  const taken = noteLabels(rawTexts(body));
  let last = 0;
  const next = () => {
    do last += 1;
    while (taken.has(String(last)));
    return String(last);
  };
  const number = (id: string): string | undefined => {
    if (!Object.hasOwn(model.footnotes, id)) return undefined;
    const known = numbers.get(id) ?? next();
    numbers.set(id, known);
    return known;
  };
  // Normal: where something between two stretches of white space was left out, they are one.
  const lines = readBlocks(normalDelta(publishDelta(body, number)));
  const footnotes: [string, DeltaOp[]][] = [];
  // A footnote can refer to another, which then joins the list while it is walked.
  for (const [id, label] of numbers) {
    const notes = readBlocks(model.footnotes[id] ?? []);
    const delta = publishDelta(
      notes.map((line) => ({ ...line, kind: 'paragraph' as const })),
      number,
    );
    footnotes.push([label, normalDelta(delta.slice(0, -1))]);
  }
  return { lines, footnotes: Object.fromEntries(footnotes) };
}

/** A line by itself: its spaces are one each, and none are at its ends. It refers to no footnotes. */
export function publishableLine(spans: readonly Span[]): DeltaOp[] {
  const noNote = () => undefined;
  const ops = loosen(spans).flatMap((span) => publishSpan(span, noNote));
  return oneSpaced(normalDelta(ops));
}

/** Spaces that do not break, or are narrow, are no white space that collapses. */
const collapsing = /[ \t-\r\u0085\u2028\u2029]+/g;

function oneSpaced(delta: readonly DeltaOp[]): DeltaOp[] {
  const ops: (DeltaOp & { insert: string })[] = [];
  for (const { insert, attributes } of delta) {
    if (typeof insert !== 'string') continue;
    const single = insert.replace(collapsing, ' ');
    const last = ops.at(-1)?.insert;
    const text =
      last === undefined
        ? single.trimStart()
        : last.endsWith(' ')
          ? single.replace(/^ /, '')
          : single;
    if (text !== '') ops.push({ insert: text, ...(attributes && { attributes }) });
  }
  for (let last = ops.at(-1); last; last = ops.at(-1)) {
    last.insert = last.insert.trimEnd();
    if (last.insert !== '') break;
    ops.pop();
  }
  return normalDelta(ops);
}

function publishDelta(
  lines: readonly Line[],
  number: (id: string) => string | undefined,
): DeltaOp[] {
  return lines.flatMap((line) => {
    const attributes = publishAttributes(line);
    if (line.kind === 'code' || line.kind === 'raw') {
      return [{ insert: lineText(line) }, { insert: '\n', attributes }];
    }
    return divide(line).flatMap((spans): DeltaOp[] => {
      if (spans === 'divider') return [{ insert: { divider: true } }, { insert: '\n' }];
      const ops = loosen(spans).flatMap((span) => publishSpan(span, number));
      const blank = ops.every((op) => typeof op.insert === 'string' && op.insert.trim() === '');
      return blank ? [] : [...ops, { insert: '\n', attributes }];
    });
  });
}

function publishAttributes(line: LineKind): Attributes {
  return line.kind === 'thesis' || line.kind === 'counterpoint' ? {} : kindAttributes(line);
}

/** Cuts a line at its dividers, which stand alone in Markdown. */
function divide(line: Line): ('divider' | Span[])[] {
  const pieces: ('divider' | Span[])[] = [];
  let piece: Span[] = [];
  for (const span of line.spans) {
    if ('embed' in span && span.embed.kind === 'divider') {
      pieces.push(piece, 'divider');
      piece = [];
    } else if ('text' in span || span.embed.kind === 'footnote') piece.push(span);
  }
  return [...pieces, piece];
}

function publishSpan(span: Span, number: (id: string) => string | undefined): DeltaOp[] {
  const attributes = { ...publishMarks(span.marks) };
  if ('text' in span) return [{ insert: span.text, attributes }];
  const footnote = span.embed.kind === 'footnote' ? number(span.embed.id) : undefined;
  return footnote === undefined ? [] : [{ insert: { footnote }, attributes }];
}

/** An address that no reader is to follow is not published; the words that it was on are. */
function publishMarks({ link, ...marks }: Marks): Marks {
  const { href } = linkAddress(link ?? '');
  return href === undefined ? marks : { ...marks, link: href };
}

/** Takes marks off spaces at their ends, where CommonMark cannot have them and nobody sees them. */
function loosen(spans: readonly Span[]): Span[] {
  return spans.flatMap((span, i): Span[] => {
    if (!('text' in span) || span.marks.code) return [span];
    const before = shared(span.marks, spans[i - 1]?.marks);
    const after = shared(span.marks, spans[i + 1]?.marks);
    const core = span.text.trim();
    if (core === '') return [{ ...span, marks: shared(before, after) }];
    const start = span.text.indexOf(core);
    const pieces = [
      { ...span, text: span.text.slice(0, start), marks: before },
      { ...span, text: core },
      { ...span, text: span.text.slice(start + core.length), marks: after },
    ];
    return pieces.filter((piece) => piece.text !== '');
  });
}

function shared(marks: Marks, others: Marks = {}): Marks {
  const both = Object.entries(marks).filter(
    ([name, value]) => name !== 'code' && others[name as keyof Marks] === value,
  );
  return Object.fromEntries(both);
}
