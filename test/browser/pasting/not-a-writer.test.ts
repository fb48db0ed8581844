import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWebApp, type Desk, type WebApp } from '../web-app.ts';

let app: WebApp;
let pieceId: string;
beforeAll(async () => {
  app = await startWebApp();
  pieceId = await app.makePiece('Night buses are cheap.');
});
afterAll(() => app?.close());

/** A picture from the clipboard, or dragged onto the text. */
async function bringPicture({ body }: Desk, how: 'paste' | 'drop'): Promise<boolean> {
  return body.evaluate((field, type) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['x'], 'bus.png', { type: 'image/png' }));
    const common = { bubbles: true, cancelable: true };
    const event =
      type === 'paste'
        ? new ClipboardEvent('paste', { clipboardData: transfer, ...common })
        : new DragEvent('drop', { dataTransfer: transfer, ...common });
    field.dispatchEvent(event);
    return event.defaultPrevented;
  }, how);
}

const told = {
  reviewer: 'You are reviewing this piece: select words, and type what should stand there.',
  reader: 'You can read this piece, not change it or comment on it.',
} as const;

test.each(
  (['reviewer', 'reader'] as const).flatMap((role) =>
    (['paste', 'drop'] as const).map((how) => [role, how] as const),
  ),
)('S6 a %s who brings a picture by %s is told what can be done', async (role, how) => {
  const desk = await app.join(`${role} ${how}`, pieceId, role);
  await desk.body.click();
  expect(await bringPicture(desk, how)).toBe(true);
  await desk.isTold(told[role]);
  await desk.shows(['Night buses are cheap.']);
  await desk.page.close();
});
