import { afterAll, beforeAll, expect, test } from 'vitest';
import { addMember, createPerson } from '../support/people.ts';
import { servePage, type PageServer } from '../support/page-server.ts';
import { QuillUser } from './quill-driver.ts';
import { asAdmin, startWebApp, type WebApp } from './web-app.ts';

let app: WebApp;
let pages: PageServer;
beforeAll(async () => {
  pages = await servePage({
    script: 'test/browser/quill-page.ts',
    style: 'node_modules/quill/dist/quill.snow.css',
  });
  app = await startWebApp({ ALLOWED_ORIGINS: pages.origin });
});
afterAll(async () => {
  await app?.close();
  await pages?.close();
});

test('Quill with y-quill, in its own page, edits the same piece with our editor', async () => {
  const { server } = app;
  const pieceId = await app.makePiece(
    'A lede.\n\n## Why here\n\nIt is an ordinary street. It has a bakery.\n\n:::thesis{#t}\nPeople sleep.\n:::\n',
  );
  const ours = await app.join('Olga Ours', pieceId);
  const quentin = await createPerson(server, 'Quentin Quill');
  await addMember(server, pieceId, quentin, 'writer');
  const quill = await QuillUser.open(app.browser, {
    origin: pages.origin,
    server,
    piece: pieceId,
    token: quentin.token,
    formats: 'stock',
    bind: 'at once',
  });
  await quill.shows('bakery');
  await quill.putCaretBehind('ordinary street.');
  await ours.caretAfter('A lede.');
  await Promise.all([quill.type(' It is long.'), ours.page.keyboard.type(' And more.')]);
  await quill.shows('And more.');
  await ours.body.getByText('It is long.').waitFor();

  // Structure from each side: our thesis and heading there, Quill's list and bold here.
  await ours.page.keyboard.press('Control+Alt+3');
  await expect
    .poll(() => quill.page.locator('.ql-editor h3').allTextContents())
    .toEqual(['A lede. And more.']);
  await quill.select('bakery');
  await quill.press('Control+b');
  await ours.body.locator('strong', { hasText: 'bakery' }).waitFor();
  await quill.press('ArrowRight');
  await quill.type('!');
  await quill.press('Enter');
  await quill.type('Bread');
  await ours.body.locator('> *', { hasText: 'Bread' }).waitFor();
  await ours.caretAfter('Bread');
  await ours.page.keyboard.press('Control+Shift+8');
  await expect.poll(() => quill.page.locator('li[data-list=bullet]').count()).toBe(1);
  // Each sees the other's caret, under the name that the server knows them by.
  await ours.page
    .locator('.caret-name', { hasText: 'Quentin Quill' })
    .waitFor({ state: 'attached' });
  await quill.page
    .locator('.ql-cursor-name', { hasText: 'Olga Ours' })
    .waitFor({ state: 'attached' });

  const text = async () =>
    (await ours.lines()).map((line) => line.trim()).filter((line) => line !== '');
  expect(quill.complaints).toEqual([]);
  const { body } = await asAdmin<{ body: { insert: unknown; attributes?: object }[] }>(
    server,
    'GET',
    `/pieces/${pieceId}/export?format=json`,
  );
  const lines = body
    .map(({ insert }) => insert)
    .join('')
    .split('\n')
    .filter(Boolean);
  expect(await text()).toEqual(lines);
  expect(body).toContainEqual({ insert: '\n', attributes: { thesis: 't' } });
  await quill.close();
});
