import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DocumentModel } from '../../shared/document/index.ts';
import { expectAccessible } from './axe.ts';
import { asAdmin, startWebApp, type Desk, type WebApp } from './web-app.ts';

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

const content =
  '---\ntitle: Night buses\ndate: 2024-01-05\ntags: [night, bus]\nweight: 3\n---\n\nThey pay.\n';

async function pieceWithDetails(): Promise<string> {
  return (await asAdmin<{ id: string }>(app.server, 'POST', '/pieces', { content })).id;
}

async function openDetails({ page }: Desk) {
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Details' }).click();
  const dialog = page.getByRole('dialog', { name: 'Details' });
  await dialog.waitFor();
  return {
    dialog,
    field: (name: string) => dialog.getByRole('textbox', { name, exact: true }),
  };
}

const holds = (pieceId: string, meta: Record<string, unknown>) =>
  expect
    .poll(
      async () =>
        (
          await asAdmin<DocumentModel>(
            ...([app.server, 'GET', `/pieces/${pieceId}/export?format=json`] as const),
          )
        ).meta,
    )
    .toEqual(meta);

test('S5 details are edited by two at once, each sees what the other puts in, and all is saved', async () => {
  const pieceId = await pieceWithDetails();
  const [kim, lee] = [await app.join('Kim', pieceId), await app.join('Lee', pieceId)];
  const [hers, his] = [await openDetails(kim), await openDetails(lee)];
  expect(await hers.field('Date').inputValue()).toBe('2024-01-05');
  expect(await hers.field('Tags').inputValue()).toBe('night, bus');
  await expectAccessible(kim.page, 'the details');
  await hers.field('Byline').fill('Ann Author');
  await his.field('Tags').fill('night, bus, pay');
  await hers.field('Byline').press('Enter');
  await his.field('Tags').press('Enter');
  await expect.poll(() => his.field('Byline').inputValue()).toBe('Ann Author');
  await expect.poll(() => hers.field('Tags').inputValue()).toBe('night, bus, pay');
  // What one is typing stays, and one is told what it says meanwhile.
  await his.field('Byline').fill('Ann A');
  await hers.field('weight').fill('4');
  await hers.field('weight').press('Enter');
  await expect.poll(() => his.field('weight').inputValue()).toBe('4');
  await his.field('Byline').press('Enter');
  await hers.dialog.getByRole('textbox', { name: 'Name' }).fill('layout');
  await hers.dialog.getByRole('textbox', { name: 'Value' }).fill('post');
  await hers.dialog.getByRole('button', { name: 'Add' }).click();
  await expect.poll(() => his.field('layout').inputValue()).toBe('post');
  await his.field('layout').fill('');
  await his.field('layout').press('Enter');
  await holds(pieceId, {
    ...{ byline: 'Ann A', date: '2024-01-05', tags: ['night', 'bus', 'pay'], weight: 4 },
  });
});

test('P1 who reviews reads the details, and cannot change them', async () => {
  const pieceId = await pieceWithDetails();
  const { dialog, field } = await openDetails(await app.join('Rev', pieceId, 'reviewer'));
  for (const name of ['Byline', 'Date', 'Tags', 'weight']) {
    expect(await field(name).getAttribute('readonly'), name).toBe('');
  }
  expect(await dialog.getByRole('button', { name: 'Add' }).count()).toBe(0);
});

test('S3 the history shows what became of a detail', async () => {
  const pieceId = await pieceWithDetails();
  await asAdmin(app.server, 'POST', `/pieces/${pieceId}/versions`, { name: 'First' });
  const desk = await app.join('Mia', pieceId, 'owner', { viewport: { width: 1440, height: 1000 } });
  const { field } = await openDetails(desk);
  await field('Date').fill('2025-02-06');
  await field('Date').press('Enter');
  await desk.page.keyboard.press('Escape');
  await desk.isSaid('saved');
  await desk.page.goto(`${app.server.url}/pieces/${pieceId}/history`);
  const details = desk.page.getByRole('region', { name: 'Details' });
  await details.getByText('2025-02-06').waitFor();
  expect(await details.textContent()).toContain('Date: ');
});
