import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSeed, seeded, type Random } from '../support/random.ts';
import { rounds } from '../support/test-length.ts';
import { asAdmin, startWebApp, type Desk, type WebApp } from './web-app.ts';

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

/** Of each person: enough for each key to come in every run. */
const steps = rounds(60);
const keys = [
  ...['Enter', 'Enter', 'Backspace', 'Backspace', 'Delete', 'Control+z', 'Control+Shift+z'],
  ...['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'Control+Home'],
  ...['Shift+ArrowDown', 'Shift+ArrowRight', 'Shift+ArrowLeft', 'Shift+End', 'Control+a'],
  ...['Control+b', 'Control+i', 'Control+e', 'Control+Shift+x', 'Control+Enter', 'Tab'],
  ...['Control+Alt+0', 'Control+Alt+2', 'Control+Alt+3', 'Control+Alt+t', 'Control+Alt+c'],
  ...['Control+Alt+a', 'Control+Shift+7', 'Control+Shift+8', 'Control+Shift+9', 'Control+Alt+e'],
  ...['Control+]', 'Control+[', 'Control+Shift+Enter', 'Control+c', 'Control+x', 'Control+v'],
];
const words = ['buses ', 'at night ', '**so** ', '# ', '- ', '> ', ':t ', 'ünïcode 🚌 ', '/', '.'];

/** What comes next out of a list of kinds: each once, in a shuffled order, before any comes again. */
function dealer<T>(kinds: readonly T[], random: Random, first = kinds): () => T {
  let left = [...first];
  return () => {
    if (left.length === 0) left = [...kinds];
    return left.splice(random.int(left.length), 1)[0]!;
  };
}

type Step = (desk: Desk) => Promise<string>;

/** Four of ten are keys, and fifteen of a hundred clicks; all else is words. */
function stepsOf(random: Random, firstKeys: readonly string[]): Step {
  const key = dealer(keys, random, firstKeys);
  const word = dealer(words, random);
  const kind = dealer(
    [
      ...Array<'key'>(8).fill('key'),
      ...Array<'click'>(3).fill('click'),
      ...Array<'word'>(9).fill('word'),
    ],
    random,
  );
  return async (desk) => {
    const { page } = desk;
    const next = kind();
    if (next === 'word') {
      const typed = word();
      await page.keyboard.type(typed);
      return JSON.stringify(typed);
    }
    if (next === 'click') {
      const lines = desk.body.locator('> *');
      const number = random.int(await lines.count());
      // Somebody else may take the line away meanwhile.
      await lines
        .nth(number)
        .click({ timeout: 1_000, position: { x: 2 + random.int(200), y: 10 }, force: true })
        .catch(() => undefined);
      return `click ${number}`;
    }
    const pressed = key();
    await page.keyboard.press(pressed);
    return pressed;
  };
}

test(
  `after ${2 * steps} random steps in two browsers both show the same, and so does who comes then`,
  async () => {
    const seed = runSeed();
    console.log(`seed ${seed}`);
    const pieceId = await app.makePiece('One.\n\nTwo.\n\n## Three\n\nFour.\n');
    const desks = [await app.join('Ana', pieceId), await app.join('Ben', pieceId)];
    const faults: string[] = [];
    for (const { page } of desks) {
      page.on('pageerror', (error) => faults.push(String(error.stack)));
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text());
      });
    }
    // Each presses half of the keys first; which half, the seed says.
    const logs = await Promise.all(
      desks.map(async (desk, number) => {
        const step = stepsOf(
          seeded(seed + number),
          keys.filter((_, i) => (i + seed) % desks.length === number),
        );
        const log: string[] = [];
        await desk.body.click();
        for (let i = 0; i < steps; i++) {
          log.push(await step(desk));
          // The slash menu and Tab can lead the focus out.
          if (!(await desk.hasFocus())) await desk.body.focus();
        }
        return log;
      }),
    );
    const said = `seed ${seed}\n${logs.map((log) => log.join(' ')).join('\n')}`;
    const [ana, ben] = desks as [Desk, Desk];
    await Promise.all(desks.map((desk) => desk.isSaid('saved')));
    // What was pasted last may still come in: what reads it is loaded, or a composition ends.
    const same = async () => (await htmlOf(ana)) === (await htmlOf(ben));
    await expect.poll(same, { message: said, timeout: 10_000 }).toBe(true);
    await Promise.all(desks.map((desk) => desk.isSaid('saved')));
    expect(await htmlOf(ben), said).toBe(await htmlOf(ana));
    expect(faults, said).toEqual([]);

    // Who comes now sees what the server has.
    const cleo = await app.join('Cleo', pieceId);
    expect(await htmlOf(cleo), said).toBe(await htmlOf(ana));
    await asAdmin(app.server, 'GET', `/pieces/${pieceId}/outline`);
  },
  180_000 + 2_000 * steps,
);

/** The body as it is drawn, without carets and what belongs to one's own selection. */
function htmlOf(desk: Desk): Promise<string> {
  return desk.body.evaluate((body) => {
    const copy = body.cloneNode(true) as HTMLElement;
    for (const own of copy.querySelectorAll(
      '.caret, .ProseMirror-trailingBreak, .ProseMirror-separator',
    )) {
      own.remove();
    }
    for (const selected of copy.querySelectorAll('.selected-by')) {
      selected.classList.remove('selected-by');
      selected.removeAttribute('style');
      // Around words it is an element of its own; a divider or a note's mark wears it.
      if (selected.classList.length === 0) selected.replaceWith(...selected.childNodes);
    }
    for (const node of copy.querySelectorAll('.ProseMirror-selectednode')) {
      node.classList.remove('ProseMirror-selectednode');
      node.removeAttribute('draggable');
    }
    for (const styled of copy.querySelectorAll('[style=""]')) styled.removeAttribute('style');
    copy.normalize();
    return copy.innerHTML;
  });
}
