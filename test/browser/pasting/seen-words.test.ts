import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSeed, seeded, type Random } from '../../support/random.ts';
import { startReader, type Reader } from './reader.ts';

let reader: Reader;
beforeAll(async () => {
  reader = await startReader();
});
afterAll(() => reader?.close());

const blocks = 'div,section,article,blockquote,pre,figure,figcaption,main,address'.split(',');
const inlines = 'span,b,strong,i,em,u,s,code,font,small,mark,abbr'.split(',');
/** Elements that have others in them, as a browser's parser leaves them. */
const nests = [
  ['ul', 'li'],
  ['dl', 'dt'],
  ['h2'],
  ['h3', 'span'],
  ['ol', 'li'],
  ['table', 'tr', 'td'],
  ['table', 'tbody', 'tr', 'th'],
  ['table role="presentation"', 'tr', 'td'],
];
const hidden = [
  'display:none',
  'display: none !important',
  'visibility:hidden',
  'font-size:0',
  'opacity:0',
  'position:absolute;left:-9999px',
];
const shown = [
  'display:block',
  'display:inline',
  'visibility:visible',
  'white-space:pre-wrap',
  'white-space:pre-line',
  'white-space:normal',
  'font-weight:700',
  'text-decoration:line-through',
  'display:flex',
];
/** Where the words of `seen` and what is pasted are not told apart by style. */
const sightless = ['opacity:0', 'font-size:0', 'position:absolute;left:-9999px'];

/** Nested elements, shown and hidden, with a word of its own in each text. */
function tree(random: Random): { html: string; hiddenWords: string[] } {
  let count = 0;
  const hiddenWords: string[] = [];
  const text = (unseen: boolean) => {
    const word = `w${(count += 1)}q`;
    if (unseen) hiddenWords.push(word);
    return random.pick(['', ' ', '\n', '  ']) + word + random.pick(['', ' ', '\n\n', '&nbsp;']);
  };
  const node = (depth: number, unseen: boolean): string => {
    const kind = random.int(depth > 4 ? 2 : 10);
    if (kind < 2) return text(unseen);
    if (kind === 2)
      return random.pick(['<br>', '<hr>', '<!-- no -->', '<wbr>', '<style>p{}</style>']);
    const hides = random.int(12) === 0 ? random.pick(hidden) : undefined;
    const style = hides ?? (random.int(4) === 0 ? random.pick(shown) : '');
    const gone = unseen || (hides !== undefined && sightless.includes(hides));
    const styled = style === '' ? '' : ` style="${style}"`;
    const within = (tag: string, write: () => string, attribute = '') =>
      `<${tag}${attribute}>${several(write)}</${tag.split(' ')[0]}>`;
    const several = (write: () => string) =>
      Array.from({ length: 1 + random.int(3) }, write).join('');
    const child = (inside: boolean) => () => node(depth + 1, inside);
    if (kind === 3) {
      const tags = [...random.pick(nests)].reverse();
      return tags.reduce((write, tag) => () => within(tag, write), child(unseen))();
    }
    return within(random.pick(kind < 7 ? blocks : inlines), child(gone), styled);
  };
  const html = Array.from({ length: 1 + random.int(2) }, () => node(0, false)).join('');
  return { html, hiddenWords };
}

const words = (text: string) => text.match(/w\d+q/g) ?? [];
/** Words with nothing between them and the next, where that is the next in the source as well. */
const glued = (text: string) =>
  [...text.matchAll(/w(\d+)q(?=w(\d+)q)/g)]
    .filter(([, number, next]) => Number(next) === Number(number) + 1)
    .map(([word]) => word);

test('Every word that a browser shows is pasted, in order and apart, and no other: S6', async () => {
  const seed = runSeed();
  const random = seeded(seed);
  const trees = Array.from({ length: 400 }, () => tree(random));
  const found = await reader.page.evaluate(
    (all) => all.map((html) => ({ seen: window.seen(html), body: window.read(html).body })),
    trees.map(({ html }) => html),
  );
  found.forEach(({ seen, body }, i) => {
    const { html, hiddenWords } = trees[i]!;
    const pasted = body.map(({ insert }) => (typeof insert === 'string' ? insert : ' ')).join('');
    // What has no size or no colour is in a browser's `innerText`, though nobody sees it.
    const expected = words(seen).filter((word) => !hiddenWords.includes(word));
    expect(words(pasted), `SEED=${seed}, ${html}`).toEqual(expected);
    expect(glued(seen), `SEED=${seed}, ${html}`).toEqual(expect.arrayContaining(glued(pasted)));
  });
});
