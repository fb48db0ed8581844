import { readBlocks, type Line } from '../../document/blocks.ts';
import type { DeltaOp } from '../../document/schema.ts';
import { writeRawFootnotes } from '../raw-delta.ts';
import { toParts } from './to-parts.ts';
import { reads, writeLine, type WriteContext } from './write-line.ts';

/** Footnotes as blocks of Markdown. `defined` are the ids that `[^id]` can refer to. */
export interface WrittenFootnotes {
  blocks: string[];
  defined: ReadonlySet<string>;
}

/**
 * Writes each footnote as a GFM definition. One whose id is no label, or whose text does not read
 * back, is written as its delta in the working profile. `rawNotes`: see `noteLabels`.
 */
export function writeFootnotes(
  footnotes: Readonly<Record<string, DeltaOp[]>>,
  { lossless, critic, labels = new Map() }: Omit<WriteContext, 'footnotes'>,
  rawNotes: ReadonlySet<string> = new Set(),
): WrittenFootnotes {
  const entries = Object.entries(footnotes);
  let defined: ReadonlySet<string> = noteIds(
    entries.map(([id]) => id),
    rawNotes,
  );
  // A footnote can refer to one that turns out to have no form; then it has none either. A chain of
  // such references ends in a few rounds with all of them as deltas.
  for (let round = 1; ; round += 1) {
    const context: WriteContext = { lossless, critic, footnotes: defined, labels };
    const written = entries.map(([id, delta]) => ({
      id,
      delta,
      markdown: defined.has(id) ? writeFootnote(id, delta, context) : undefined,
    }));
    const next = new Set(written.flatMap(({ id, markdown }) => (markdown ? [id] : [])));
    if (next.size < defined.size) {
      defined = round < maxRounds ? next : new Set();
      continue;
    }
    const blocks = written.flatMap(({ markdown }) => markdown ?? []);
    const raw = written.filter(({ markdown }) => markdown === undefined);
    if (lossless && raw.length > 0) {
      blocks.push(writeRawFootnotes(raw.map(({ id, delta }) => [id, delta] as const)));
    }
    return { blocks, defined };
  }
}

const maxRounds = 5;

/**
 * Ids that are footnote labels as they are; labels do not tell capitals from small letters. Those in
 * raw source are its own.
 */
function noteIds(ids: readonly string[], taken: ReadonlySet<string>): Set<string> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id.toLowerCase(), (counts.get(id.toLowerCase()) ?? 0) + 1);
  return new Set(
    ids.filter((id) => {
      const label = id.toLowerCase();
      return /^[a-z0-9_-]{1,100}$/.test(label) && counts.get(label) === 1 && !taken.has(label);
    }),
  );
}

function writeFootnote(id: string, delta: DeltaOp[], context: WriteContext): string | undefined {
  const lines = noteLines(delta);
  for (const wild of [false, true]) {
    const texts = lines.map((line) => {
      const parts = toParts(line, context);
      return parts && writeLine(parts, context, { wild });
    });
    if (!texts.every((text) => text !== undefined)) continue;
    const markdown = `[^${id}]: ${texts.join('\n\n    ')}`;
    if (!context.lossless || reads(markdown, delta, context, id)) return markdown;
  }
  return undefined;
}

/** A footnote's last paragraph has no line break, so one that ends with a break has an empty last. */
function noteLines(delta: DeltaOp[]): Line[] {
  return readBlocks([...delta, { insert: '\n' }]);
}
