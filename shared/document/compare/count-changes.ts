import { sameValue } from '../delta.ts';
import { countWords } from '../words.ts';
import type { ChangeCounts, Comparison, FormatChange, TextPart } from './comparison.ts';

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
  const ofLines = lines.filter(({ formats }) => formats !== undefined).length;
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
  for (const { formats = [] } of parts) {
    count += formats.filter((one) => !last.some((other) => sameValue(one, other))).length;
    last = formats;
  }
  return count;
}
