import { afterAll, beforeAll, expect, test } from 'vitest';
import { asAdmin, startWebApp, type WebApp } from './web-app.ts';

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

const content = `---
title: Night buses
standfirst: Who is disturbed?
byline: [Ann Author, Ben]
date: 2024-01-05
tags: [night]
---

## Costs

:::thesis{#t}
They pay[^a] for themselves.
:::

- one
- two

| a | b |
| - | - |
| 1 | 2 |

[^a]: Counted twice.
`;

test('on paper there are the piece, its notes, byline and date, and nothing of the app', async () => {
  const { id } = await asAdmin<{ id: string }>(app.server, 'POST', '/pieces', { content });
  await asAdmin(app.server, 'POST', `/pieces/${id}/threads`, {
    anchor: { quote: 'themselves' },
    body: 'Do they?',
    suggestion: { replacement: 'the city' },
  });
  const [kim, lee] = [await app.join('Kim', id), await app.join('Lee', id)];
  await lee.caretAfter('pay');
  const { page } = kim;
  await page.locator('.proposed').waitFor();
  await page.locator('.caret').waitFor();
  await page.locator('.on-paper').waitFor({ state: 'attached' });
  expect(await page.locator('.on-paper').isVisible(), 'not on the screen').toBe(false);
  await page.emulateMedia({ media: 'print' });
  const lines = (await page.locator('body').innerText()).split('\n').map((line) => line.trim());
  expect(lines.filter((line) => line !== '' && line !== '\ufeff')).toEqual([
    ...['Night buses', 'Who is disturbed?', 'Ann Author, Ben · Friday, January 5, 2024'],
    ...['Costs', 'They pay for themselves.', 'one', 'two'],
    ...['| a | b |', '| - | - |', '| 1 | 2 |', 'Counted twice.'],
  ]);
  // A thesis is a paragraph to readers, and no one's mark is on its words.
  const look = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => {
        const { backgroundColor, borderInlineStartWidth, textDecorationLine } =
          getComputedStyle(element);
        return [backgroundColor, borderInlineStartWidth, textDecorationLine];
      });
  for (const selector of ['.prose p.thesis', '.passage-suggestion']) {
    expect(await look(selector)).toEqual(['rgba(0, 0, 0, 0)', '0px', 'none']);
  }
  if (process.env.PRINT_TO) await page.pdf({ path: process.env.PRINT_TO });
  await page.emulateMedia({ media: 'screen' });
  expect(await page.locator('.caret').isVisible()).toBe(true);
});
