import { test } from 'vitest';
import { startWebApp } from './web-app.ts';
test('look', async () => {
  const app = await startWebApp();
  const t0 = Date.now();
  const log = (s: string) => console.log(Date.now() - t0, s);
  const pieceId = await app.makePiece('Text.');
  const xenia = await app.join('Xenia', pieceId);
  const yan = await app.join('Yan', pieceId);
  log('joined');
  await xenia.page.getByRole('status').getByText('Yan is here').waitFor({ state: 'attached' });
  log('here');
  await yan.page.close();
  log('closed');
  await xenia.page.getByRole('status').getByText('Yan has left').waitFor({ state: 'attached' });
  log('left');
  const long = Array.from({ length: 120 }, (_, i) => `Paragraph ${i}.`).join('\n\n');
  const id = await app.makePiece(long);
  const [ulla, vera] = [await app.join('Ulla', id), await app.join('Vera', id)];
  log('joined');
  const button = ulla.page.getByRole('button', { name: 'Follow Vera' });
  await button.click();
  log('clicked');
  await vera.caretAfter('Paragraph 118.');
  log('caret');
  await vera.page.keyboard.type(' Here.');
  log('typed');
  console.log(
    await ulla.page.evaluate(() => [
      window.scrollY,
      document.querySelector('.caret')?.outerHTML,
      [...document.querySelectorAll('button[aria-pressed]')]
        .map((b) => b.getAttribute('aria-label') + b.getAttribute('aria-pressed'))
        .filter((x) => x.includes('Vera')),
    ]),
  );
  await ulla.page.waitForTimeout(1000);
  console.log(
    await ulla.page.evaluate(() => [
      window.scrollY,
      document.querySelector('.caret')?.outerHTML,
      [...document.querySelectorAll('button[aria-pressed]')]
        .map((b) => b.getAttribute('aria-label') + b.getAttribute('aria-pressed'))
        .filter((x) => x.includes('Vera')),
    ]),
  );
  await app.close();
});
