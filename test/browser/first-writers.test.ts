import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWebApp, type Desk, type WebApp } from './web-app.ts';

const wide = { viewport: { width: 1440, height: 900 } };

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

const outlineOf = (desk: Desk) =>
  desk.page.getByRole('navigation', { name: 'Outline of the argument' });

/** Who the letters of the body are named for, by name, neighbours once. */
async function named(desk: Desk, pieceId: string): Promise<(string | undefined)[]> {
  const { items, people } = await desk.page.evaluate(async (id) => {
    const answer = await fetch(`/api/pieces/${id}/attribution`);
    return (await answer.json()) as {
      items: { userId: string | null }[];
      people: { id: string; name: string }[];
    };
  }, pieceId);
  const names = items.map(({ userId }) => people.find(({ id }) => id === userId)?.name);
  return names.filter((name, i) => name !== names[i - 1]);
}

test('A1 one writes two sections, another moves one in the outline and takes it back: the first is named, by the server and by the card beside the words', async () => {
  const pieceId = await app.makePiece('');
  const ana = await app.join('Ana', pieceId, 'owner', wide);
  await ana.body.click();
  await ana.page.keyboard.type('## Costs\nTaxis cost more than most people earn.\n');
  await ana.page.keyboard.type('## Noise\nNobody hears them.');
  await ana.isSaid('saved');
  const ben = await app.join('Ben', pieceId, 'writer', wide);
  const lines = ['Costs', 'Taxis cost more than most people earn.', 'Noise', 'Nobody hears them.'];
  await ben.shows(lines);
  const moved = [...lines.slice(2), ...lines.slice(0, 2)];
  await outlineOf(ben).getByRole('button', { name: 'Noise', exact: true }).focus();
  await ben.page.keyboard.press('Alt+ArrowUp');
  await ben.shows(moved);
  await ben.isSaid('saved');
  await ana.shows(moved);
  expect(await named(ben, pieceId)).toEqual(['Ana']);

  // The card beside the words, for letters that came since it was asked last too.
  for (const line of [0, 2]) {
    await ben.body.locator('> *').nth(line).click();
    await ben.page.keyboard.press('Control+Alt+y');
    await ben.page.getByRole('status').getByText('Ana,').waitFor();
    await ben.page.keyboard.press('Escape');
  }
  await ben.page.keyboard.press('Control+z');
  await ben.shows(lines);
  await ben.isSaid('saved');
  expect(await named(ben, pieceId)).toEqual(['Ana']);
  await ben.body.locator('> *').nth(2).click();
  await ben.page.keyboard.press('Control+Alt+y');
  await ben.page.getByRole('status').getByText('Ana,').waitFor();
});
