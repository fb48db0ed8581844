import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Locator } from 'playwright-core';
import { startWebApp, type Desk, type WebApp } from '../web-app.ts';

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

/** Drags what is selected in one field to the start of another, as a mouse does. */
async function drag(desk: Desk, from: Locator, to: Locator): Promise<void> {
  const { mouse } = desk.page;
  const start = await from.evaluate(() => {
    const { x, y, width, height } = getSelection()!.getRangeAt(0).getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  });
  const end = (await to.boundingBox())!;
  await mouse.move(start.x, start.y);
  await mouse.down();
  await mouse.move(start.x + 8, start.y + 8);
  await mouse.move(end.x + 3, end.y + end.height / 2, { steps: 4 });
  await mouse.up();
}

/** The same with Ctrl held, by its events: the test's mouse takes no keys along. */
async function dragWithCtrl(from: Locator, to: Locator): Promise<void> {
  const data = await from.evaluateHandle((field) => {
    const dataTransfer = new DataTransfer();
    const { x, y, width, height } = getSelection()!.getRangeAt(0).getBoundingClientRect();
    const place = { clientX: x + width / 2, clientY: y + height / 2 };
    const common = { bubbles: true, cancelable: true, ctrlKey: true, dataTransfer };
    field.dispatchEvent(new DragEvent('dragstart', { ...common, ...place }));
    return dataTransfer;
  });
  await to.evaluate((field, dataTransfer) => {
    const { left, top, height } = field.getBoundingClientRect();
    const place = { clientX: left + 3, clientY: top + height / 2 };
    const common = { bubbles: true, cancelable: true, ctrlKey: true, dataTransfer };
    field.dispatchEvent(new DragEvent('drop', { ...common, ...place }));
  }, data);
}

/** Who the letters of the body are named for. */
async function named(desk: Desk, pieceId: string): Promise<string[]> {
  const { items, people } = await desk.page.evaluate(async (id) => {
    const answer = await fetch(`/api/pieces/${id}/attribution`);
    return (await answer.json()) as {
      items: { userId: string | null }[];
      people: { id: string; name: string }[];
    };
  }, pieceId);
  const names = items.map(({ userId }) => people.find(({ id }) => id === userId)?.name ?? '');
  return [...new Set(names)];
}

test('A1 Selected words that are dragged from the title into the text move, and stay their author’s', async () => {
  const pieceId = await app.makePiece('');
  const ana = await app.join('Ana', pieceId, 'owner');
  const title = (desk: Desk) => desk.page.getByRole('textbox', { name: 'Title' });
  await title(ana).click();
  await ana.page.keyboard.press('Control+a');
  await ana.page.keyboard.type('Taxis cost more than most people earn');
  await ana.isSaid('saved');
  // Her caret has her name in it.
  await ana.body.click();
  const ben = await app.join('Ben', pieceId, 'writer');
  await expect.poll(() => title(ben).textContent()).toBe('Taxis cost more than most people earn');
  await title(ben).click();
  await ben.page.keyboard.press('Home');
  for (let i = 0; i < 4; i += 1) await ben.page.keyboard.press('Control+Shift+ArrowRight');
  await drag(ben, title(ben), ben.body);
  await ben.shows(['Taxis cost more than']);
  await expect.poll(() => title(ben).textContent()).toBe(' most people earn');
  await ben.isSaid('saved');
  expect(await named(ben, pieceId)).toEqual(['Ana']);
  // Undone in one of the texts alone, the words would be in neither.
  for (let times = 0; times < 2; times++) {
    await ben.page.keyboard.press('Control+z');
    await ben.shows(['']);
    await expect.poll(() => title(ben).textContent()).toBe('Taxis cost more than most people earn');
    await ben.page.keyboard.press('Control+Shift+z');
    await ben.shows(['Taxis cost more than']);
    await expect.poll(() => title(ben).textContent()).toBe(' most people earn');
    await ben.isSaid('saved');
    expect(await named(ben, pieceId)).toEqual(['Ana']);
  }
});

test('With Ctrl, what is dragged into another text is copied', async () => {
  const pieceId = await app.makePiece('');
  const ada = await app.join('Ada', pieceId, 'owner');
  const title = ada.page.getByRole('textbox', { name: 'Title' });
  await title.click();
  await ada.page.keyboard.press('Control+a');
  await ada.page.keyboard.type('Night buses');
  await ada.body.click();
  await ada.page.keyboard.type('pay');
  await title.click();
  await ada.page.keyboard.press('Control+a');
  await dragWithCtrl(title, ada.body);
  await ada.shows(['payNight buses']);
  expect(await title.textContent()).toBe('Night buses');
});
