import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type StockClient } from '../support/clients.ts';
import { startWebApp, type Desk, type WebApp } from './web-app.ts';

let app: WebApp;
let desk: Desk;
let client: StockClient;
beforeAll(async () => {
  app = await startWebApp();
  const pieceId = await app.makePiece('Begin.');
  desk = await app.join('Ada', pieceId);
  client = connect(app.server, pieceId);
  await client.synced();
});
afterAll(async () => {
  client?.destroy();
  await app?.close();
});

const atoms = {
  '¹': { footnote: 'note' },
  '—': { divider: true },
  '□': { image: 'x.png' },
} as const;
/** What nobody can write in, and all its neighbours: an edge of the line, text, another of its kind. */
const lines = ['a¹b', '¹ab', 'ab¹', '¹', 'a¹¹b', '¹□', 'a—b', '—', 'a□b', 'ab□ cd¹ ef'];

/** Makes the body one line, its atoms as signs of `atoms`. */
async function showLine(line: string): Promise<void> {
  const { doc, body } = client;
  doc.transact(() => {
    body.delete(0, body.length);
    for (const [at, sign] of [...line].entries()) {
      if (sign in atoms) body.insertEmbed(at, { ...atoms[sign as keyof typeof atoms] });
      else body.insert(at, sign, {});
    }
    body.insert(line.length, '\n');
  });
  await expect.poll(() => shownLine(desk.page)).toBe(line);
}

function shownLine(page: Page): Promise<string> {
  return page.evaluate(() => {
    const copy = document.querySelector('.prose > .ProseMirror')!.cloneNode(true) as HTMLElement;
    const signs = { 'sup.footnote': '¹', 'span.divider': '—', 'span.unknown-embed': '□' };
    for (const [selector, sign] of Object.entries(signs)) {
      for (const atom of copy.querySelectorAll(selector)) atom.replaceWith(sign);
    }
    return [...copy.children].map((line) => line.textContent).join('⏎');
  });
}

/** What is in the text, as `showLine` takes it. */
function writtenLine(): string {
  const ops = client.body.toDelta() as { insert: string | object }[];
  const signs = new Map(
    Object.entries(atoms).map(([sign, value]) => [JSON.stringify(value), sign]),
  );
  return ops
    .map(({ insert }) => (typeof insert === 'string' ? insert : signs.get(JSON.stringify(insert))))
    .join('')
    .replace(/\n$/, '')
    .replaceAll('\n', '⏎');
}

/** Puts the caret as a click does: into the text beside the place, or else between the line's nodes. */
async function caretAt(offset: number): Promise<void> {
  await desk.page.evaluate((at) => {
    const body = document.querySelector<HTMLElement>('.prose > .ProseMirror')!;
    const line = body.firstElementChild!;
    body.focus();
    let left = at;
    for (const [index, node] of [...line.childNodes].entries()) {
      // The editor's own helps at the edges of a line are no part of the text.
      if (/^(IMG|BR)$/.test(node.nodeName)) continue;
      const length = node instanceof Text ? node.data.length : 1;
      if (left <= length && node instanceof Text) {
        return document.getSelection()!.collapse(node, left);
      }
      if (left === 0) return document.getSelection()!.collapse(line, index);
      left -= length;
    }
    document.getSelection()!.collapse(line, line.childNodes.length);
  }, offset);
}

interface Case {
  key: string;
  /** Where the caret is afterwards, from where it was in a line of this length. */
  to: (at: number, length: number) => number;
}
const cases: readonly Case[] = [
  { key: 'ArrowRight', to: (at, length) => Math.min(at + 1, length) },
  { key: 'ArrowLeft', to: (at) => Math.max(at - 1, 0) },
  { key: 'Home', to: () => 0 },
  { key: 'End', to: (_at, length) => length },
];

/** A divider with text beside it ends a line as it is seen: Home and End stop there. */
function casesIn(line: string): readonly Case[] {
  const stops = line.includes('—') && line !== '—';
  return stops ? cases.filter(({ key }) => key.startsWith('Arrow')) : cases;
}

test('a letter typed after any move stands beside a note’s mark, a divider, an unknown embed', async () => {
  for (const line of lines) {
    for (let at = 0; at <= line.length; at++) {
      for (const { key, to } of casesIn(line)) {
        await showLine(line);
        await caretAt(at);
        await desk.page.keyboard.press(key);
        await desk.page.keyboard.type('x');
        const expected = `${line.slice(0, to(at, line.length))}x${line.slice(to(at, line.length))}`;
        await expect.poll(writtenLine, { message: `${key} at ${at} in ${line}` }).toBe(expected);
        expect(await shownLine(desk.page)).toBe(expected);
      }
    }
  }
}, 240_000);

test('Shift with a move selects such an atom like a letter, and only then it is typed over', async () => {
  for (const line of ['a¹b', '¹', 'a¹—b']) {
    for (let at = 0; at <= line.length; at++) {
      for (const { key, to } of casesIn(line)) {
        await showLine(line);
        await caretAt(at);
        await desk.page.keyboard.press(`Shift+${key}`);
        await desk.page.keyboard.type('x');
        const [from, end] = [at, to(at, line.length)].sort((one, other) => one - other);
        const expected = `${line.slice(0, from)}x${line.slice(end)}`;
        await expect.poll(writtenLine, { message: `${key} at ${at} in ${line}` }).toBe(expected);
      }
    }
  }
});

test('an input method that composes over such an atom replaces it; one undo brings it back', async () => {
  await showLine('a');
  await caretAt(0);
  const cdp = await desk.page.context().newCDPSession(desk.page);
  for (const line of ['a¹b', '¹ab', 'ab¹', '¹', 'a¹¹b', '—', 'ab□ cd¹ ef']) {
    for (let from = 0; from < line.length; from++) {
      for (let to = from + 1; to <= Math.min(from + 3, line.length); to++) {
        const message = `from ${from} to ${to} in ${line}`;
        await showLine(line);
        await desk.page.keyboard.press('Home');
        for (let at = 0; at < from; at++) await desk.page.keyboard.press('ArrowRight');
        for (let at = from; at < to; at++) await desk.page.keyboard.press('Shift+ArrowRight');
        for (const text of ['に', 'にほ']) {
          const end = { selectionStart: text.length, selectionEnd: text.length };
          await cdp.send('Input.imeSetComposition', { text, ...end });
        }
        await cdp.send('Input.insertText', { text: '日本' });
        const expected = `${line.slice(0, from)}日本${line.slice(to)}`;
        await expect.poll(writtenLine, { message }).toBe(expected);
        await expect.poll(() => shownLine(desk.page), { message }).toBe(expected);
      }
    }
  }
  await desk.page.keyboard.press('Control+z');
  await expect.poll(writtenLine).toBe('ab□ cd¹ ef');
}, 240_000);

test('moves that follow each other go one letter or atom each', async () => {
  for (const line of ['a¹b', '¹ab', 'ab¹', 'a¹¹b', 'a—b', 'ab□ cd¹ ef']) {
    for (const shift of [false, true]) {
      for (const way of [1, -1]) {
        for (let from = 0; from <= line.length; from++) {
          const most = way === 1 ? line.length - from : from;
          for (let moves = 2; moves <= Math.min(most, 4); moves++) {
            await showLine(line);
            await caretAt(from);
            const key = `${shift ? 'Shift+' : ''}Arrow${way === 1 ? 'Right' : 'Left'}`;
            for (let move = 0; move < moves; move++) await desk.page.keyboard.press(key);
            await desk.page.keyboard.type('x');
            const to = from + way * moves;
            const [first, last] = shift ? [from, to].sort((a, b) => a - b) : [to, to];
            const expected = `${line.slice(0, first)}x${line.slice(last)}`;
            const message = `${moves} times ${key} from ${from} in ${line}`;
            await expect.poll(writtenLine, { message }).toBe(expected);
          }
        }
      }
    }
  }
}, 240_000);

test('a click on a note’s mark puts the caret beside it; Backspace and Delete take one atom away', async () => {
  await showLine('a¹b');
  await desk.page.locator('.prose sup.footnote').click();
  await desk.page.keyboard.type('x');
  await expect.poll(writtenLine).toMatch(/^a(x¹|¹x)b$/);
  for (const [line, at, key, left] of [
    ['a¹b', 2, 'Backspace', 'ab'],
    ['a¹b', 1, 'Delete', 'ab'],
    ['¹¹', 1, 'Backspace', '¹'],
    ['a—', 2, 'Backspace', 'a'],
    ['□b', 0, 'Delete', 'b'],
    ['a¹b', 1, 'Backspace', '¹b'],
    ['a¹b', 2, 'Delete', 'a¹'],
  ] as const) {
    await showLine(line);
    await caretAt(at);
    await desk.page.keyboard.press(key);
    await expect.poll(writtenLine, { message: `${key} at ${at} in ${line}` }).toBe(left);
    await desk.page.keyboard.type('x');
    const caret = key === 'Backspace' ? at - 1 : at;
    await expect.poll(writtenLine).toBe(`${left.slice(0, caret)}x${left.slice(caret)}`);
  }
});
