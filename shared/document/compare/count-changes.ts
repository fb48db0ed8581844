import { isStray, sameValue } from '../delta/delta.ts';
import { countWords } from '../text/words.ts';
import type {
  ChangeCounts,
  ChangeSummary,
  Comparison,
  FormatChange,
  TextPart,
} from './comparison.ts';

/** How much was changed in all fields together. */
export function countChanges({
  title,
  standfirst,
  lines,
  footnotes,
}: Pick<Comparison, 'title' | 'standfirst' | 'lines' | 'footnotes'>): ChangeCounts {
  const texts = [title, standfirst, ...[...lines, ...footnotes].map(({ parts }) => parts)];
  const parts = texts.flat();
  const words = (change: TextPart['change']) =>
    parts.reduce((sum, part) => sum + (part.change === change ? countWords(part.text) : 0), 0);
  const ofLines = lines.filter(({ formats = [] }) =>
    formats.some(({ attribute }) => !isStray(attribute, 'break')),
  ).length;
  return {
    words: { added: words('added'), removed: words('removed') },
    formats: texts.reduce((sum, text) => sum + countFormats(text), ofLines),
    embeds: parts.filter(({ change, embed }) => embed !== undefined && change !== 'same').length,
  };
}

/** A change that goes on in the next part, which looks otherwise in another way, is one. */
function countFormats(parts: readonly TextPart[]): number {
  let count = 0;
  let last: readonly FormatChange[] = [];
  for (const part of parts) {
    const formats = (part.formats ?? []).filter(({ attribute }) => !isStray(attribute, 'text'));
    count += formats.filter((one) => !last.some((other) => sameValue(one, other))).length;
    last = formats;
  }
  return count;
}

/** What goes on record of a change: where and how much, and none of the words. */
export function summariseChanges(changes: Comparison): ChangeSummary {
  const { title, standfirst, lines, footnotes, meta, words, formats, embeds } = changes;
  const count = (all: readonly { readonly change: string }[]) =>
    all.filter(({ change }) => change !== 'same').length;
  return {
    ...{ title: !isSame(title), standfirst: !isSame(standfirst) },
    ...{ lines: count(lines), footnotes: count(footnotes), meta: count(meta) },
    ...{ words, formats, embeds },
  };
}

/** Whether nothing was changed in a text, nor in how it looks. */
export function isSame(parts: readonly TextPart[]): boolean {
  return parts.every(({ change, formats }) => change === 'same' && formats === undefined);
}
