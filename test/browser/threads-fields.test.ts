import type { Locator, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { card, openCard, select, threadsOf } from './thread-steps.ts';
import { asAdmin, startWebApp, type Desk, type WebApp } from './web-app.ts';

const sentence = 'Night buses are cheap, and they pay for themselves.';
const content = `---
standfirst: Standfirst. ${sentence}
---

Body. ${sentence} It is marked.[^n]

[^n]: Note. ${sentence}
`;
const wide = { viewport: { width: 1440, height: 900 } };
const fields = {
  title: (desk: Desk) => desk.title,
  standfirst: (desk: Desk) => desk.page.getByRole('textbox', { name: 'Standfirst' }),
  body: (desk: Desk) => desk.body,
  'footnote:n': (desk: Desk) => desk.page.getByRole('textbox', { name: 'Footnote 1' }),
};
type Name = keyof typeof fields;
const names = Object.keys(fields) as Name[];

let app: WebApp;
let [ana, rev]: Desk[] = [];
let pieceId: string;
beforeAll(async () => {
  app = await startWebApp();
  pieceId = await app.makePiece(content, `Title. ${sentence}`);
  [ana, rev] = await Promise.all([
    app.join('Ana', pieceId, 'writer', wide),
    app.join('Rev', pieceId, 'reviewer', wide),
  ]);
});
afterAll(() => app?.close());

/** A field's words, without what others propose or where they are. */
const textOf = (field: Locator) =>
  field.evaluate((element) => {
    const copy = element.cloneNode(true) as HTMLElement;
    for (const other of copy.querySelectorAll('.caret, ins, .draft-point')) other.remove();
    return copy.textContent;
  });
const shows = (field: Locator, text: string) =>
  expect.poll(() => textOf(field), { timeout: 15_000 }).toContain(text);
const passagesIn = (field: Locator) =>
  field.locator('.passage[data-thread]').evaluateAll((all) => all.map((one) => one.textContent));
/** The server accepts, and its answer is on its way until it is released. */
async function holdAccept(page: Page): Promise<{ release(): void }> {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const late = async (route: Route) => {
    const response = await route.fetch();
    await held;
    await route.fulfill({ response });
  };
  await page.route('**/api/threads/*/accept', late, { times: 1 });
  return { release: () => release() };
}
const topOf = async (one: Locator) => (await one.boundingBox())?.y ?? NaN;

describe.each(names)('S5 in %s, as in every text of a piece', (name) => {
  const at = (desk: Desk) => fields[name](desk);

  test('a reviewer comments on it; its card stands beside it, and leads into it', async () => {
    const words = `Why cheap in ${name}?`;
    await select(rev!, 'cheap', at(rev!));
    await rev!.page.getByRole('group', { name: 'On the selection' }).waitFor();
    await rev!.page.keyboard.press('Control+Alt+m');
    await rev!.page.getByRole('textbox', { name: 'Comment', exact: true }).fill(words);
    await rev!.page.keyboard.press('Control+Enter');
    await card(ana!, words).waitFor();
    await expect.poll(() => passagesIn(at(ana!))).toEqual(['cheap']);
    expect((await threadsOf(app.server, rev!, pieceId)).at(-1)).toMatchObject({
      ...{ field: name, quote: 'cheap', orphaned: false },
    });
    const opened = await openCard(ana!, words);
    await expect
      .poll(async () =>
        Math.abs((await topOf(opened)) - (await topOf(at(ana!).locator('.passage')))),
      )
      .toBeLessThan(80);
    await opened.press('Escape');
    await ana!.page.keyboard.type('er');
    await shows(at(ana!), 'are cheaper, and');
    await ana!.page.keyboard.press('Control+z');
    await shows(at(ana!), 'are cheap, and');
    await (await openCard(ana!, words)).getByRole('button', { name: 'Resolve' }).click();
    await expect.poll(() => passagesIn(at(rev!))).toEqual([]);
  });

  test('a reviewer types over it, which proposes; accepted it stands there, and undo takes it back', async () => {
    await select(rev!, 'they pay for', at(rev!));
    await rev!.page.keyboard.type('they do pay for');
    await rev!.page.keyboard.press('Control+Enter');
    const proposal = ana!.page.locator('[data-thread-card]', { hasText: 'they do pay for' });
    await proposal.waitFor();
    await expect.poll(() => at(ana!).locator('ins.proposed').textContent()).toBe('they do pay for');
    await proposal.focus();
    await ana!.page.getByRole('button', { name: 'Accept' }).last().click();
    await shows(at(ana!), 'and they do pay for themselves.');
    await shows(at(rev!), 'and they do pay for themselves.');
    await expect.poll(() => proposal.count()).toBe(0);

    await at(ana!).focus();
    await ana!.page.keyboard.press('Control+z');
    await shows(at(ana!), sentence);
    await shows(at(rev!), sentence);
    await proposal.waitFor();
    const [again] = (await threadsOf(app.server, rev!, pieceId)).filter(
      ({ kind, field }) => kind === 'suggestion' && field === name,
    );
    expect(again).toMatchObject({ status: 'open', decidedBy: null, quote: 'they pay for' });
    // Once more, it is accepted for good; redo does not make it out of the server's sight.
    await ana!.page.keyboard.press('Control+Shift+z');
    await shows(at(ana!), sentence);
    await proposal.focus();
    await ana!.page.getByRole('button', { name: 'Accept' }).last().click();
    await shows(at(rev!), 'and they do pay for themselves.');
  });

  test('accepted while one writes elsewhere, it is what undo takes back, and nothing of what was typed', async () => {
    const elsewhere = name === 'title' ? fields.body(ana!) : fields.title(ana!);
    await elsewhere.click();
    await ana!.page.keyboard.press('End');
    await ana!.page.keyboard.type(' Typed.');
    for (const press of ['card', 'beside', 'undone before the answer']) {
      const { id } = await asAdmin<{ id: string }>(
        ...([app.server, 'POST', `/pieces/${pieceId}/threads`] as const),
        { anchor: { field: name, quote: 'are cheap' }, suggestion: { replacement: 'were cheap' } },
      );
      const proposal = ana!.page.locator(`[data-thread-card="${id}"]`);
      const answer = press === 'undone before the answer' ? await holdAccept(ana!.page) : null;
      if (press === 'card') {
        await proposal.focus();
        await ana!.page.getByRole('button', { name: 'Accept' }).last().click();
      } else await proposal.getByRole('button', { name: 'Accept' }).first().click();
      await shows(at(ana!), 'were cheap');
      await proposal.waitFor({ state: 'detached' });
      await ana!.page.keyboard.press('Control+z');
      answer?.release();
      await shows(at(ana!), 'are cheap');
      await shows(elsewhere, ' Typed.');
      await proposal.waitFor();
      await asAdmin(app.server, 'POST', `/threads/${id}/reject`);
    }
  });
});
