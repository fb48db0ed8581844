import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWebApp, type Desk, type WebApp } from './web-app.ts';

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

/** Of the wire: a change of the document, and who is here with their carets. */
const messageType = { change: 0, presence: 1 } as const;

/** What is kept from the page of such a window, while it is. */
interface Held {
  holds: boolean;
  messages: { type: number; hear: () => void }[];
}

/**
 * Two people in a piece of two lines. Ben has the caret in the first; what he hears from the server is
 * held back, and can be let go in the very moment in which his selection changes.
 */
async function annAndBen(names: [string, string]): Promise<{ ann: Desk; ben: Desk }> {
  const pieceId = await app.makePiece('First.\n\nSecond.\n');
  const ann = await app.join(names[0], pieceId);
  const ben = await app.join(names[1], pieceId);
  await ben.page.addInitScript(() => {
    const held: Held = { holds: false, messages: [] };
    Object.assign(window, { held });
    const property = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage')!;
    Object.defineProperty(WebSocket.prototype, 'onmessage', {
      ...property,
      set(this: WebSocket, listen: ((event: MessageEvent<ArrayBuffer>) => void) | null) {
        const hear = (event: MessageEvent<ArrayBuffer>) => {
          if (!held.holds) return listen?.(event);
          const type = new Uint8Array(event.data)[0] ?? -1;
          held.messages.push({ type, hear: () => listen?.(event) });
        };
        property.set!.call(this, listen && hear);
      },
    });
  });
  await ben.open(app.server, pieceId);
  await ben.isSaid('saved');
  await ben.caretAfter('First.');
  await ann.page.locator('.caret').waitFor();
  await ben.page.evaluate(() => void ((window as never as { held: Held }).held.holds = true));
  return { ann, ben };
}

/**
 * Puts the caret behind the second line as the browser does after a click or a key, and lets the editor
 * hear what was held back before it hears of the selection: `selectionchange` is a task of its own.
 */
async function moveWhileHearing({ page, body }: Desk, type: number): Promise<void> {
  const came = () =>
    page.evaluate(
      (wanted) =>
        (window as never as { held: Held }).held.messages.some(
          (message) => message.type === wanted,
        ),
      type,
    );
  await expect.poll(came).toBe(true);
  await body.evaluate((dom) => {
    getSelection()!.collapse(dom.children[1]!.firstChild, 'Second.'.length);
    const { held } = window as never as { held: Held };
    held.holds = false;
    for (const { hear } of held.messages.splice(0)) hear();
  });
}

describe('A click counts, also in the moment in which the editor hears of', () => {
  test('what somebody else writes', async () => {
    const { ann, ben } = await annAndBen(['Ann', 'Ben']);
    await ann.caretAfter('First.');
    await ann.page.keyboard.type(' And more.');
    await ann.isSaid('saved');
    await moveWhileHearing(ben, messageType.change);
    await ben.shows(['First. And more.', 'Second.']);
    await ben.page.keyboard.type(' Here.');
    await ann.shows(['First. And more.', 'Second. Here.']);
  });

  test('where somebody else’s caret has gone', async () => {
    const { ann, ben } = await annAndBen(['Ada', 'Bob']);
    await ann.caretAfter('First.');
    await moveWhileHearing(ben, messageType.presence);
    await ben.page.getByLabel('Ada').first().waitFor();
    await ben.page.keyboard.type(' Here.');
    await ann.shows(['First.', 'Second. Here.']);
  });
});
