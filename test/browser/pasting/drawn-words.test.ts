import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSeed, seeded, type Random } from '../../support/random.ts';
import { startReader, type Reader } from './reader.ts';

let reader: Reader;
beforeAll(async () => {
  reader = await startReader();
  // Only what is within the window can be hit.
  await reader.page.setViewportSize({ width: 800, height: 2_000 });
});
afterAll(() => reader?.close());

const wordsIn = (text: string): string[] => text.match(/w\d+q/g) ?? [];

interface Difference {
  html: string;
  drawn: string;
  pasted: string;
}

/** Of which other words are pasted than a browser draws. */
async function differing(htmls: readonly string[]): Promise<Difference[]> {
  const found = await reader.page.evaluate(
    (all) => all.map((html) => ({ drawn: window.drawn(html), body: window.read(html).body })),
    htmls,
  );
  return found
    .map(({ drawn, body }, i) => {
      const text = body.map(({ insert }) => (typeof insert === 'string' ? insert : ' ')).join('');
      return { html: htmls[i] ?? '', drawn: drawn.join(' '), pasted: wordsIn(text).join(' ') };
    })
    .filter(({ drawn, pasted }) => drawn !== pasted);
}

/** What hides words and what only seems to, of each property. */
const ways: readonly (readonly string[])[] = [
  ['overflow:hidden', 'overflow:clip', 'overflow:auto', 'overflow-y:hidden', 'overflow:visible'],
  ['height:0', 'height:0px', 'height:1px', 'height:40px', 'height:auto'],
  ['max-height:0', 'max-height:0px', 'max-height:1px', 'max-height:50px'],
  ['width:0', 'width:1px', 'width:0%', 'width:90px', 'max-width:0'],
  ['min-height:30px', 'min-height:0', 'min-width:60px'],
  ['padding-bottom:56%', 'padding-top:56%', 'padding:20px', 'padding:0', 'padding-right:80px'],
  ['position:relative', 'position:absolute', 'position:static', 'position:fixed'],
  ['left:-9999px', 'top:-9999px', 'left:-99em', 'left:10px', 'right:9999px', 'left:-20px'],
  ['opacity:0', 'opacity:0%', 'opacity:.0', 'opacity:0.5', 'opacity:1', 'opacity:00.00'],
  ['visibility:hidden', 'visibility:visible', 'visibility:collapse'],
  ['font-size:0', 'font-size:16px', 'font-size:1em', 'font-size:0px', 'font:0/1 serif'],
  ['clip:rect(0,0,0,0)', 'clip:rect(1px,1px,1px,1px)', 'clip:rect(0 0 0 0)', 'clip:auto'],
  ['clip-path:inset(50%)', 'clip-path:inset(100%)', 'clip-path:circle(0)'],
  ['clip-path:inset(0 100% 0 0)', 'clip-path:polygon(0 0,0 0,0 0)', 'clip-path:none'],
  ['display:none', 'display:block', 'display:inline-block', 'display:flex', 'display:inline'],
  ['transform:scale(0)', 'transform:translateX(-9999px)', 'transform:scale(1)', 'scale:0'],
  ['text-indent:-9999px', 'text-indent:20px', 'margin-left:-9999px', 'margin-left:20px'],
  ['color:transparent', 'color:rgba(1,2,3,0)', 'color:rgb(10,20,0)', 'color:#0000', 'color:#000'],
  ['float:left', 'float:none', 'flex:1'],
  ['content-visibility:hidden', 'content-visibility:visible'],
];

test('One property, and two together, hide what a browser hides: S6', async () => {
  const all = ways.flat();
  const styles = all.flatMap((one, i) => [one, ...all.slice(i + 1).map((two) => `${one};${two}`)]);
  const htmls = styles.flatMap((style) =>
    // Of a part of a line, a margin moves what follows as well.
    ['div', 'span']
      .filter((tag) => !style.includes('margin') || (tag === 'div' && !style.includes('inline')))
      .map((tag) => `w1q <${tag} style="${style}">w2q<b>w3q</b></${tag}>`),
  );
  expect(await differing(htmls)).toEqual([]);
});

test('Of elements within each other nothing that is drawn vanishes, and hardly anything else appears: S6', async () => {
  const seed = runSeed();
  const random = seeded(seed);
  const htmls = Array.from({ length: 1_500 }, () => nested(random));
  const found = await differing(htmls);
  const lost = found.filter(({ drawn, pasted }) =>
    wordsIn(drawn).some((word) => !wordsIn(pasted).includes(word)),
  );
  expect(lost, `SEED=${seed}`).toEqual([]);
  // What is pushed out of its box by what stands before it is not told from styles alone.
  expect(found.length, `SEED=${seed}`).toBeLessThan(htmls.length / 50);
});

/** What is most often seen together comes together more often. */
const usual = [
  'height:0;padding-bottom:56%;overflow:hidden;position:relative',
  'height:0;padding-bottom:56%;overflow:hidden',
  'position:relative;padding-top:56.25%;height:0;overflow:hidden',
  'position:absolute;top:0;left:0;width:100%;height:100%',
  'max-height:0',
  'max-height:0;overflow:hidden',
  'position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)',
  'position:absolute;width:1px;height:1px;padding:0;margin:-1px;overflow:hidden',
  'display:none;max-height:0;font-size:1px;color:transparent;opacity:0',
];

/**
 * What depends on how long other words are, or how wide a window is, is left out: in each element its
 * own words come first.
 */
function nested(random: Random): string {
  let count = 0;
  const word = () => ` w${(count += 1)}q `;
  const without = (names: RegExp) =>
    ways.map((way) => way.filter((one) => !names.test(one))).filter((way) => way.length > 0);
  const outer = without(/indent|margin|width|right|flex/);
  const inner = without(/indent|margin|width|right|flex|height/);
  const style = (some: typeof ways) =>
    Array.from({ length: 1 + random.int(3) }, () => random.pick(random.pick(some))).join(';');
  const element = (depth: number): string => {
    const isUsual = random.int(3) === 0;
    const tag = isUsual ? 'div' : random.pick(['div', 'div', 'p', 'span', 'section', 'li', 'b']);
    const within = () => (depth < 2 && tag !== 'p' ? element(depth + 1) : '');
    const styled = isUsual ? random.pick(usual) : style(depth === 0 ? outer : inner);
    return `<${tag} style="${styled}">${word()}${within()}</${tag}>`;
  };
  return `<div>${word()}</div>${element(0)}<div>${word()}</div>`;
}
