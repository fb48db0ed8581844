import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DeltaOp } from '../../../shared/document/index.ts';
import { asAdmin, startWebApp, type Desk, type WebApp } from '../web-app.ts';
import { linesOf } from './reader.ts';

let app: WebApp;
let desk: Desk;
let pieceId: string;
beforeAll(async () => {
  app = await startWebApp();
  pieceId = await app.makePiece('');
  desk = await app.join('Ada', pieceId);
});
afterAll(() => app?.close());
beforeEach(async () => {
  await desk.body.click();
  await desk.page.keyboard.press('Control+a');
  await desk.page.keyboard.press('Delete');
  await desk.page.keyboard.press('Control+Alt+0');
  await desk.shows(['']);
});

interface Data {
  html?: string;
  text?: string;
  picture?: boolean;
}

/** A paste, or a drop in the middle of the field, of what a program has copied. */
async function bring(data: Data, how: 'paste' | 'drop' = 'paste', into = desk.body): Promise<void> {
  await into.evaluate(
    (field, [{ html, text, picture }, type]) => {
      const transfer = new DataTransfer();
      if (html !== undefined) transfer.setData('text/html', html);
      if (text !== undefined) transfer.setData('text/plain', text);
      if (picture) transfer.items.add(new File(['x'], 'bus.png', { type: 'image/png' }));
      const common = { bubbles: true, cancelable: true };
      const { left, top, height } = field.getBoundingClientRect();
      const place = { clientX: left + 5, clientY: top + height / 2 };
      const event =
        type === 'paste'
          ? new ClipboardEvent('paste', { clipboardData: transfer, ...common })
          : new DragEvent('drop', { dataTransfer: transfer, ...place, ...common });
      field.dispatchEvent(event);
    },
    [data, how] as const,
  );
}

async function stored(): Promise<{ lines: string[]; notes: string[] }> {
  const path = `/pieces/${pieceId}/export?format=json`;
  const { body, footnotes } = await asAdmin<{
    body: DeltaOp[];
    footnotes: Record<string, DeltaOp[]>;
  }>(app.server, 'GET', path);
  const ids = body.flatMap(({ insert }) =>
    typeof insert === 'object' && 'footnote' in insert ? [insert.footnote as string] : [],
  );
  return {
    lines: linesOf(body, ids),
    notes: ids.map((id) => linesOf(footnotes[id] ?? []).join(' / ')),
  };
}
const holds = (lines: string[], notes: string[] = []) =>
  expect.poll(stored, { timeout: 15_000 }).toEqual({ lines, notes });

test('Footnotes come in with their text, and one undo takes all of it back: S6', async () => {
  const html =
    '<p>10<sup>6</sup> riders<sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup></p><hr>' +
    '<div><p><a href="#ftnt_ref1" id="ftnt1">[1]</a> A <b>count</b>.</p></div>';
  await bring({ html, text: 'x' });
  await holds(['10⁶ riders[^1]'], ['A **count**.']);
  await desk.page.keyboard.press('Control+z');
  await desk.shows(['']);
});

test('A pasted paragraph leaves a bullet and a thesis what they are', async () => {
  await desk.page.keyboard.type('- ');
  await bring({ html: '<p>One</p>', text: 'One' });
  await holds(['- One']);
  await desk.page.keyboard.press('Home');
  await bring({ html: '<h2>Head</h2>', text: 'Head' });
  await holds(['- HeadOne']);
});

test('Markdown as plain text becomes blocks; an undo gives the text as it was, another takes it away', async () => {
  const text = '# Buses\n\nThey **pay**.[^a]\n\n- one\n- two\n\n12. Mai 2024\n\n[^a]: By night.\n';
  await bring({ text });
  await holds(['## Buses', 'They **pay**.[^1]', '- one', '- two', '12. Mai 2024'], ['By night.']);
  await desk.isTold('Read as Markdown. Undo it for the text as it was copied.');
  await desk.page.keyboard.press('Control+z');
  const literal = text.split('\n').filter((line) => line !== '');
  await desk.shows(literal);
  await desk.page.keyboard.press('Control+z');
  await desk.shows(['']);
});

test('What only looks like Markdown stays as it is', async () => {
  const lines = ['12. Mai 2024', 'f**k the b**s', '5 * 3 * 2, and snake_case_name', '* see below'];
  await bring({ text: lines.join('\r\n') });
  await holds(lines);
});

test('An address over words is their link; alone, it is text with a link on it', async () => {
  await desk.page.keyboard.type('survey');
  await desk.page.keyboard.press('Control+a');
  await bring({ text: 'https://example.org/s' });
  await holds(['[survey](https://example.org/s)']);
  await desk.page.keyboard.press('End');
  await desk.page.keyboard.type(' ');
  await bring({ text: 'https://example.org/t' });
  await holds(['[survey](https://example.org/s) [https://example.org/t](https://example.org/t)']);
});

test('A picture is not passed over in silence, pasted or dropped', async () => {
  await bring({ picture: true });
  await desk.isTold('A file cannot be put into the text.');
  await bring({ html: '<img alt="Our bus" src="x.png">', picture: true }, 'drop');
  await desk.isTold('A picture was left out: Our bus.');
  await desk.shows(['']);
});

test('What is dropped goes the way of what is pasted', async () => {
  await bring(
    { html: '<div style="display:none">no</div><p>H<sub>2</sub>O</p>', text: 'x' },
    'drop',
  );
  await holds(['H₂O']);
});

test('Words of many lines go into the title as one', async () => {
  const title = desk.page.getByRole('textbox', { name: 'Title' });
  await title.click();
  await desk.page.keyboard.press('Control+a');
  await bring({ html: '<h1>Night</h1><p>buses</p>', text: 'x' }, 'paste', title);
  await expect.poll(() => title.textContent()).toBe('Night buses');
  expect(await title.locator('strong').count()).toBe(0);
});

test('A megabyte of formatted text is pasted', async () => {
  const html = `<p>${'word <b>bold</b> '.repeat(12)}<sup>2</sup></p>`.repeat(5_000);
  await bring({ html, text: 'x' });
  await expect.poll(() => desk.body.locator('> p').count(), { timeout: 30_000 }).toBe(5_000);
});

test('Ctrl+Shift+V puts in every letter as it is; without Shift it is read again', async () => {
  const copy = { html: '<h2>A <b>head</b></h2>', text: '**A** head\n\n- one\n- two' };
  await desk.page.keyboard.down('Control');
  await desk.page.keyboard.down('Shift');
  await bring(copy);
  await desk.page.keyboard.up('Shift');
  await desk.page.keyboard.up('Control');
  await holds(['**A** head', '- one', '- two']);
  await desk.page.keyboard.press('Control+a');
  await bring(copy);
  await holds(['## A **head**']);
});

test('What is pasted while letters are composed comes in behind them, in order, and none is lost', async () => {
  const session = await desk.page.context().newCDPSession(desk.page);
  const compose = (text: string) =>
    session.send('Input.imeSetComposition', {
      ...{ text, selectionStart: text.length, selectionEnd: text.length },
    });
  await desk.page.keyboard.type('a ');
  await compose('に');
  await bring({ text: 'one ' });
  await bring({ html: '<p><b>two</b></p>', text: 'two' });
  await compose('にほ');
  await session.send('Input.insertText', { text: '日本' });
  await holds(['a 日本one **two**']);
  await session.detach();
});

test('wrapped text comes in as its paragraphs, and one undo gives the lines that were copied', async () => {
  const wrapped = [
    'I have read the paper on night buses twice now, and I still cannot find',
    'the sentence in which somebody says what they cost, or what it would be',
    'worth to anybody.',
  ];
  await bring({ text: `${wrapped.join('\n')}\n\nNor can you.` });
  await desk.shows([wrapped.join(' '), 'Nor can you.']);
  await desk.page.getByText('Wrapped lines became paragraphs').first().waitFor();
  await desk.page.keyboard.press('Control+z');
  await desk.shows([...wrapped, 'Nor can you.']);
});
