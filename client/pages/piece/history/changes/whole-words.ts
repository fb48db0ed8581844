import { sameValue } from '../../../../../shared/document/index.ts';
import type { FormatChange, TextPart } from '../../../../../shared/document/compare/index.ts';

/** Neighbouring parts that are the same on both sides, or not. */
interface Run {
  readonly same: boolean;
  /** As they were, and as they are: of a run that is the same, the one list. */
  before: TextPart[];
  after: TextPart[];
}

/** Changes within words as changes of the whole words: of “Never” for “Not”, people read no letters. */
export function wholeWords(parts: readonly TextPart[]): TextPart[] {
  const runs = runsOf(parts);
  runs.forEach((run, index) => {
    if (run.same) return;
    const [earlier, later] = [runs[index - 1], runs[index + 1]];
    const [was, is] = [textOf(run.before), textOf(run.after)];
    const begins = isWord(was.at(0)) || isWord(is.at(0));
    const ends = isWord(was.at(-1)) || isWord(is.at(-1));
    if (begins && earlier) {
      const text = textOf(earlier.after);
      const cut = cutAt(earlier.after, text.length - lengthOf(/[\p{L}\p{N}]*$/u, text));
      earlier.before = earlier.after = cut.head;
      run.before = [...cut.tail.map(asRemoved), ...run.before];
      run.after = [...cut.tail.map(asAdded), ...run.after];
    }
    if (ends && later) {
      const cut = cutAt(later.after, lengthOf(/^[\p{L}\p{N}]*/u, textOf(later.after)));
      later.before = later.after = cut.tail;
      run.before = [...run.before, ...cut.head.map(asRemoved)];
      run.after = [...run.after, ...cut.head.map(asAdded)];
    }
  });
  return joined(runs.flatMap(({ same, before, after }) => (same ? after : [...before, ...after])));
}

function runsOf(parts: readonly TextPart[]): Run[] {
  const runs: Run[] = [];
  for (const part of parts) {
    const same = part.change === 'same';
    let run = runs.at(-1);
    if (run?.same !== same) runs.push((run = { same, before: [], after: [] }));
    if (part.change !== 'added') run.before.push(part);
    if (part.change !== 'removed') run.after.push(part);
  }
  return runs;
}

const textOf = (parts: readonly TextPart[]) => parts.map(({ text }) => text).join('');

const lengthOf = (pattern: RegExp, text: string) => pattern.exec(text)?.[0].length ?? 0;

function isWord(sign: string | undefined): boolean {
  return sign !== undefined && /[\p{L}\p{N}]/u.test(sign);
}

function cutAt(parts: readonly TextPart[], at: number): { head: TextPart[]; tail: TextPart[] } {
  const [head, tail]: [TextPart[], TextPart[]] = [[], []];
  let index = 0;
  for (const part of parts) {
    const cut = Math.min(Math.max(0, at - index), part.text.length);
    if (cut > 0) head.push({ ...part, text: part.text.slice(0, cut) });
    if (cut < part.text.length) tail.push({ ...part, text: part.text.slice(cut) });
    index += part.text.length;
  }
  return { head, tail };
}

function asAdded({ text, embed, attributes }: TextPart): TextPart {
  return { change: 'added', text, ...(embed && { embed }), ...(attributes && { attributes }) };
}

/** In the look that it had. */
function asRemoved({ formats = [], attributes, ...part }: TextPart): TextPart {
  const was = Object.fromEntries(formats.map(({ attribute, before }) => [attribute, before]));
  return { ...part, change: 'removed', attributes: { ...attributes, ...was } };
}

/** Neighbours that look alike as one. */
function joined(parts: readonly TextPart[]): TextPart[] {
  const all: TextPart[] = [];
  for (const part of parts) {
    const last = all.at(-1);
    if (last !== undefined && looksLike(last, part)) {
      all[all.length - 1] = { ...last, text: last.text + part.text };
    } else all.push(part);
  }
  return all;
}

function looksLike(a: TextPart, b: TextPart): boolean {
  return (
    a.change === b.change &&
    a.embed === undefined &&
    b.embed === undefined &&
    sameFormats(a.formats, b.formats) &&
    sameValue(a.attributes ?? {}, b.attributes ?? {})
  );
}

export function sameFormats(a: readonly FormatChange[] = [], b: readonly FormatChange[] = []) {
  return sameValue(a, b);
}
