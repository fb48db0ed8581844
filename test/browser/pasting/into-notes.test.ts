import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeltaOp } from '../../../shared/document/index.ts';
import { asAdmin, startWebApp, type Desk, type WebApp } from '../web-app.ts';
import { linesOf } from './reader.ts';

/* A note has paragraphs only: kinds of lines that it cannot hold must stand in its words. */

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

const content = [
  ...['Intro.[^1]', '## Head', '- one\n- two **bold**', '1. first\n2. second'],
  ...['> said', '---', '```\nx = 1\n```', 'End.', '[^1]: A note.'],
].join('\n\n');

async function open(name: string) {
  const { id } = await asAdmin<{ id: string }>(app.server, 'POST', '/pieces', { content });
  const desk = await app.join(name, id);
  const note = desk.page.getByRole('textbox', { name: 'Footnote 1' });
  const holds = (lines: string[]) =>
    expect
      .poll(async () => {
        const path = `/pieces/${id}/export?format=json`;
        const { footnotes } = await asAdmin<{ footnotes: Record<string, DeltaOp[]> }>(
          app.server,
          'GET',
          path,
        );
        return linesOf(Object.values(footnotes)[0] ?? []);
      })
      .toEqual(lines);
  return { desk, note, holds };
}

async function copyAll({ body, page }: Desk): Promise<void> {
  await body.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+c');
}

test('S6 what is copied from the body stands in a note as paragraphs, with its signs', async () => {
  const { desk, note, holds } = await open('Noa');
  await copyAll(desk);
  await note.click();
  await desk.page.keyboard.press('Control+a');
  await desk.page.keyboard.press('Control+v');
  await holds([
    ...['Intro. [A note.]', '**Head**', '- one', '- two **bold**', '1. first', '2. second'],
    ...['said', '* * *', '`x = 1`', 'End.'],
  ]);
  await desk.isTold('There are no footnotes in this text: they stand in brackets.');
  await desk.page.keyboard.press('Control+z');
  await holds(['A note.']);
});

test('S6 words of a bullet are words in a note', async () => {
  const { desk, note, holds } = await open('Ned');
  await desk.body.getByText('one', { exact: true }).click();
  await desk.page.keyboard.press('Home');
  await desk.page.keyboard.press('Shift+End');
  await desk.page.keyboard.press('Control+c');
  await note.click();
  await desk.page.keyboard.press('Control+End');
  await desk.page.keyboard.press('Control+v');
  await holds(['A note.one']);
});

test('S6 Markdown as plain text is read in a note, too; an undo gives the text as it was', async () => {
  const { desk, note, holds } = await open('Nia');
  await note.click();
  await desk.page.keyboard.press('Control+a');
  await desk.page.keyboard.press('Delete');
  await holds([]);
  const text = 'See **Doe**, [x](https://example.org).[^a]\n\n- one\n\n[^a]: By night.';
  await note.evaluate((field, data) => {
    const transfer = new DataTransfer();
    transfer.setData('text/plain', data);
    const init = { clipboardData: transfer, bubbles: true, cancelable: true };
    field.dispatchEvent(new ClipboardEvent('paste', init));
  }, text);
  await holds(['See **Doe**, [x](https://example.org). [By night.]', '- one']);
  await desk.page.keyboard.press('Control+z');
  await holds(text.split('\n').filter((line) => line !== ''));
});
