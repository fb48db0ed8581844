import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWebApp, type WebApp } from './web-app.ts';

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

const arabic = 'الحافلات الليلية تدفع ثمنها.';
const hebrew = 'האוטובוסים משתלמים.';
const pieces = [
  `## ${arabic}`,
  arabic,
  `- ${hebrew}`,
  `1. ${arabic}`,
  `> ${hebrew}`,
  `:::thesis{#one}\n${arabic}\n:::`,
  `:::counterpoint{#two answers=one}\n${hebrew}\n:::`,
  'Left to right.',
  '```\nconst bus = 1;\n```',
];

/** For each line, its direction and on which side its last letter, a full stop, is painted. */
function looks(body: HTMLElement) {
  return [...body.children].map((line) => {
    const range = document.createRange();
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    let last = walker.nextNode();
    for (let next = last; next; next = walker.nextNode()) last = next;
    const text = last as Text;
    range.setStart(text, text.length - 1);
    range.setEnd(text, text.length);
    const stop = range.getBoundingClientRect();
    range.selectNodeContents(line);
    const all = range.getBoundingClientRect();
    const box = line.getBoundingClientRect();
    return {
      direction: getComputedStyle(line).direction,
      stop: stop.left - all.left < all.right - stop.right ? 'left' : 'right',
      aligned: box.right - all.right < all.left - box.left ? 'right' : 'left',
    };
  });
}

const rtl = { direction: 'rtl', stop: 'left', aligned: 'right' };
const ltr = { direction: 'ltr', stop: 'right', aligned: 'left' };

describe('Arabic and Hebrew run from right to left', () => {
  test('each block by its own words, in the text, the title and the outline', async () => {
    const pieceId = await app.makePiece(pieces.join('\n\n'), arabic);
    const desk = await app.join('Rim', pieceId);
    await desk.page.setViewportSize({ width: 1_400, height: 900 });
    const shown = await desk.body.evaluate(looks);
    expect(shown).toEqual(pieces.map((_, index) => (index < 7 ? rtl : ltr)));
    const alignedRight = (element: Element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      const [text, box] = [range.getBoundingClientRect(), element.getBoundingClientRect()];
      return box.right - text.right < text.left - box.left;
    };
    const heading = desk.page.getByRole('navigation').getByRole('button', { name: arabic });
    expect(await heading.first().evaluate(alignedRight)).toBe(true);
  });

  test('while it is typed, and whoever else has a caret in it', async () => {
    const pieceId = await app.makePiece('');
    const [desk, other] = [await app.join('Rana', pieceId), await app.join('Latin Name', pieceId)];
    await desk.body.click();
    await other.body.click();
    await desk.page.locator('.caret').waitFor();
    await desk.page.keyboard.type(hebrew);
    await other.shows([hebrew]);
    for (const { body } of [desk, other]) expect(await body.evaluate(looks)).toEqual([rtl]);
    await desk.page.keyboard.press('Enter');
    await desk.page.keyboard.type('Latin again.');
    expect(await desk.body.evaluate(looks)).toEqual([rtl, ltr]);
  });
});
