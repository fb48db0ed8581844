import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWebApp, type WebApp } from './web-app.ts';

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

describe('Together, in the web app', () => {
  test('three windows write at once and see each other, with carets and names', async () => {
    const pieceId = await app.makePiece('First.\n\nSecond.\n\nThird.\n');
    const [ana, ben, cleo] = await Promise.all([
      app.join('Ana', pieceId),
      app.join('Ben', pieceId),
      app.join('Cleo', pieceId),
    ]);
    await ana.caretAfter('First.');
    await ben.caretAfter('Second.');
    await cleo.caretAfter('Third.');
    await Promise.all([
      ana.page.keyboard.type(' Ana was here.', { delay: 5 }),
      ben.page.keyboard.type(' Ben was here.', { delay: 5 }),
      cleo.page.keyboard.type(' Cleo was here.', { delay: 5 }),
    ]);
    const lines = ['First. Ana was here.', 'Second. Ben was here.', 'Third. Cleo was here.'];
    await Promise.all([ana, ben, cleo].map((desk) => desk.shows(lines)));
    await Promise.all([ana, ben, cleo].map((desk) => desk.isSaid('saved')));
    await expect
      .poll(() => ana.page.locator('.caret-name').allTextContents())
      .toEqual(expect.arrayContaining(['Ben', 'Cleo']));
    const people = ben.page.getByRole('list', { name: 'Who is here' }).getByRole('listitem');
    await expect.poll(() => people.count()).toBe(3);
  });

  test('a caret is shown where its owner types, in the middle of a line too, and what they select', async () => {
    const pieceId = await app.makePiece('Before after.');
    const [gil, hana] = await Promise.all([app.join('Gil', pieceId), app.join('Hana', pieceId)]);
    await gil.caretAfter('Before');
    await gil.page.keyboard.press('Home');
    for (let i = 0; i < 'Before '.length; i++) await gil.page.keyboard.press('ArrowRight');
    const shown = () =>
      hana.body.evaluate((body) => {
        const copy = body.cloneNode(true) as HTMLElement;
        for (const caret of copy.querySelectorAll('.caret')) caret.replaceWith('|');
        return copy.textContent;
      });
    await expect.poll(shown).toBe('Before |after.');
    for (const [typed, text] of [
      ['and ', 'Before and |after.'],
      ['s', 'Before and s|after.'],
    ] as const) {
      await gil.page.keyboard.type(typed);
      await expect.poll(shown).toBe(text);
    }
    await gil.page.keyboard.press('Enter');
    await expect.poll(shown).toBe('Before and s|after.');
    await hana.shows(['Before and s', 'after.']);
    await gil.page.keyboard.press('Shift+End');
    await expect
      .poll(() => hana.body.locator('.selected-by').allTextContents())
      .toEqual(['after.']);
  });

  test('what somebody writes above moves nothing that another reads, wherever the caret is', async () => {
    const content = Array.from({ length: 80 }, (_, i) => `Paragraph ${i}.`).join('\n\n');
    const pieceId = await app.makePiece(content);
    const [iris, jan] = [await app.join('Iris', pieceId), await app.join('Jan', pieceId)];
    const read = iris.body.getByText('Paragraph 60.');
    const top = () => read.evaluate((line) => Math.round(line.getBoundingClientRect().top));
    const write = async (line: string) => {
      await jan.caretAfter(line);
      await jan.page.keyboard.press('Enter');
      await jan.page.keyboard.type(`Written behind ${line}`);
      await iris.body.getByText(`Written behind ${line}`).waitFor({ state: 'attached' });
    };
    await iris.caretAfter('Paragraph 60.');
    await read.evaluate((line) => line.scrollIntoView({ block: 'center' }));
    const before = await top();
    await write('Paragraph 3.');
    await expect.poll(top).toBe(before);
    // And who only reads, with the caret far above.
    await iris.caretAfter('Paragraph 1.');
    await read.evaluate((line) => line.scrollIntoView({ block: 'center' }));
    const again = await top();
    await write('Paragraph 5.');
    await expect.poll(top).toBe(again);
    await iris.page.keyboard.type(' Mine.');
    await expect.poll(() => jan.lines()).toContain('Paragraph 1. Mine.');
  });

  test('the lines that nobody writes in are not drawn anew while somebody writes', async () => {
    const pieceId = await app.makePiece('First.\n\nSecond.\n\nThird.');
    const [kurt, lena] = [await app.join('Kurt', pieceId), await app.join('Lena', pieceId)];
    await lena.caretAfter('Second.');
    // Her caret may have been in another line first: that it goes is drawn in that one.
    await kurt.body.locator(':scope > :nth-child(2) .caret').waitFor();
    await kurt.body.evaluate((body) => {
      const touched: string[] = [];
      Object.assign(window, { touched });
      const [first, , third] = body.children;
      new MutationObserver((records) => {
        for (const { target } of records) {
          if (first!.contains(target) || third!.contains(target)) touched.push('a line');
          if (target === body) touched.push('the lines');
        }
      }).observe(body, { subtree: true, childList: true, characterData: true, attributes: true });
    });
    await lena.page.keyboard.type(' Words, one letter at a time.');
    await kurt.shows(['First.', 'Second. Words, one letter at a time.', 'Third.']);
    const touched = () =>
      kurt.page.evaluate(() => (window as never as { touched: string[] }).touched);
    expect(await touched()).toEqual([]);
  });

  test('the title and the standfirst are written by two at once, letter by letter', async () => {
    const pieceId = await app.makePiece('Text.', 'Night buses');
    const [dora, emil] = await Promise.all([app.join('Dora', pieceId), app.join('Emil', pieceId)]);
    await dora.title.focus();
    await dora.page.keyboard.press('Home');
    await emil.title.focus();
    await emil.page.keyboard.press('End');
    await Promise.all([
      dora.page.keyboard.type('More ', { delay: 10 }),
      emil.page.keyboard.type(' now', { delay: 10 }),
    ]);
    await expect.poll(() => dora.titleText()).toBe('More Night buses now');
    await expect.poll(() => emil.titleText()).toBe('More Night buses now');
    await dora.page.keyboard.press('Control+z');
    await expect.poll(() => emil.titleText()).toBe('Night buses now');
  });
});
