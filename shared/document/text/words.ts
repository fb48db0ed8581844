/**
 * Words of a text as writers count them: runs between spaces and long dashes that hold a letter or
 * a digit. Scripts written without spaces are cut by the platform's segmenter.
 */
export function countWords(text: string): number {
  let count = 0;
  for (const run of text.split(/[\s\u2014]+/u)) {
    if (!/[\p{L}\p{N}]/u.test(run)) continue;
    count += unspaced.test(run) ? countSegments(run) : 1;
  }
  return count;
}

// The segmenter is some ten times slower than splitting, so only what needs it pays for it.
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

function countSegments(run: string): number {
  let count = 0;
  for (const segment of segmenter.segment(run)) if (segment.isWordLike) count += 1;
  return count;
}
