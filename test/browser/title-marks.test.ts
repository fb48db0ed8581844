import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { headDelta, type DeltaOp, type DocumentModel } from '../../shared/document/index.ts';
import { piece as words } from '../../client/strings/en/piece.ts';
import { expectAccessible } from './axe.ts';
import { asAdmin, startWebApp, type Desk, type WebApp } from './web-app.ts';

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

const fields = [
  ['title', 'Title'],
  ['standfirst', 'Standfirst'],
] as const;
type Field = (typeof fields)[number][0];

const link = { link: 'https://example.org/a' };
const textbox = (page: Page, label: string) => page.getByRole('textbox', { name: label });

/** A piece whose title and standfirst say the same. */
async function makePiece(text: string): Promise<string> {
  const { id } = await asAdmin<{ id: string }>(app.server, 'POST', '/pieces', {
    content: `---\ntitle: "${text}"\nstandfirst: "${text}"\n---\n\nText.`,
  });
  return id;
}

const model = (pieceId: string) =>
  asAdmin<DocumentModel>(app.server, 'GET', `/pieces/${pieceId}/export?format=json`);

async function holds(pieceId: string, field: Field, wanted: readonly DeltaOp[], message?: string) {
  await expect
    .poll(async () => headDelta(await model(pieceId), field), { message: message ?? field })
    .toEqual(wanted);
}

/** What a field shows as HTML, without what others' carets say. */
const shown = (desk: Desk, label: string) =>
  textbox(desk.page, label).evaluate((dom) => {
    const copy = dom.cloneNode(true) as HTMLElement;
    for (const one of copy.querySelectorAll('.caret, br, img')) one.remove();
    for (const one of copy.querySelectorAll('a')) one.removeAttribute('rel');
    return copy.firstElementChild?.innerHTML;
  });

/** Selects the last word. */
async function selectWord({ page }: Desk, label: string) {
  await textbox(page, label).click();
  await page.keyboard.press('End');
  await page.keyboard.press('Control+Shift+ArrowLeft');
}

describe.each(fields)('S5 marks in the %s, as in the body', (field, label) => {
  const join = (name: string, pieceId: string) => app.join(`${name} ${label}`, pieceId);

  test('by each key and each button, on and off; undone; no mark of a note and no block', async () => {
    const pieceId = await makePiece('Night buses');
    const desk = await join('Kim', pieceId);
    const { page } = desk;
    const cases = [
      ['Control+b', 'Bold', { bold: true }],
      ['Control+i', 'Italic', { italic: true }],
      ['Control+Shift+x', 'Strikethrough', { strike: true }],
      ['Control+e', words.actions.code, { code: true }],
    ] as const;
    const plain = [{ insert: 'Night buses' }];
    for (const [key, name, attributes] of cases) {
      const marked = [{ insert: 'Night ' }, { insert: 'buses', attributes }];
      await selectWord(desk, label);
      await page.keyboard.press(key);
      await holds(pieceId, field, marked, key);
      await page.keyboard.press('Control+z');
      await holds(pieceId, field, plain, `${key} undone`);
      const button = page.getByRole('toolbar').getByRole('button', { name, exact: true });
      await button.click();
      await holds(pieceId, field, marked, name);
      await expect.poll(() => button.getAttribute('aria-pressed')).toBe('true');
      await button.click();
      await holds(pieceId, field, plain, `${name} taken off`);
    }
    for (const key of ['Control+Alt+f', 'Control+Alt+2', 'Control+Alt+t', 'Control+Shift+8']) {
      await page.keyboard.press(key);
    }
    await page.keyboard.type('!');
    await holds(pieceId, field, [{ insert: 'Night !' }]);
    expect((await model(pieceId)).footnotes).toEqual({});
  });

  test('by typing signs, which one undo gives back; a colleague sees them, and a reload keeps them', async () => {
    const pieceId = await makePiece('On ');
    const [desk, other] = [await join('Lou', pieceId), await join('Max', pieceId)];
    const { page } = desk;
    const cases = [
      ['**x**', { bold: true }, 'strong'],
      ['*x*', { italic: true }, 'em'],
      ['_x_', { italic: true }, 'em'],
      ['~~x~~', { strike: true }, 's'],
      ['`x`', { code: true }, 'code'],
      ['[x](https://example.org/a)', link, 'a'],
    ] as const;
    await textbox(page, label).click();
    await page.keyboard.press('End');
    for (const [signs, attributes, tag] of cases) {
      await page.keyboard.type(signs);
      await holds(pieceId, field, [{ insert: 'On ' }, { insert: 'x', attributes }], signs);
      await textbox(other.page, label).locator(tag, { hasText: 'x' }).waitFor();
      await page.keyboard.press('Control+z');
      await holds(pieceId, field, [{ insert: `On ${signs}` }], `${signs} undone`);
      await page.keyboard.press('Control+z');
      await holds(pieceId, field, [{ insert: 'On ' }]);
    }
    await page.keyboard.type('# **so** [it](example.org/a) is');
    const html = '# <strong>so</strong> <a href="https://example.org/a">it</a> is';
    for (const one of [desk, other]) {
      await expect.poll(() => shown(one, label)).toBe(`On ${html}`);
    }
    await desk.isSaid('saved');
    await page.reload();
    await desk.body.waitFor();
    await expect.poll(() => shown(desk, label)).toBe(`On ${html}`);
    await expectAccessible(page, `a ${field} with marks`);
  });

  test('links by key, dialog and an address pasted over words; both looks are seen', async () => {
    const pieceId = await makePiece('Night buses');
    const desk = await join('Nia', pieceId);
    const { page } = desk;
    await selectWord(desk, label);
    await page.keyboard.press('Control+k');
    const address = page.getByRole('textbox', { name: 'Address' });
    await address.fill('javascript:alert(1)');
    await page.keyboard.press('Enter');
    await page.getByText('no address that a link can have').waitFor();
    await address.fill('example.org/a');
    await page.keyboard.press('Enter');
    const linked = [{ insert: 'Night ' }, { insert: 'buses', attributes: link }];
    await holds(pieceId, field, linked);
    const look = await textbox(page, label)
      .locator('a')
      .evaluate((dom) => [
        getComputedStyle(dom).textDecorationLine,
        getComputedStyle(dom).color === getComputedStyle(dom.parentElement!).color,
      ]);
    expect(look).toEqual(['underline', false]);
    await page.keyboard.press('Control+z');
    await holds(pieceId, field, [{ insert: 'Night buses' }]);
    await selectWord(desk, label);
    await paste(page, label, { text: 'https://example.org/a' });
    await holds(pieceId, field, linked, 'pasted over words');
    await page.keyboard.press('Control+k');
    await page.getByRole('button', { name: 'Remove' }).click();
    await holds(pieceId, field, [{ insert: 'Night buses' }]);
    await page.keyboard.press('Control+i');
    const slant = await textbox(page, label)
      .locator('em')
      .evaluate((dom) => [dom, dom.parentElement!].map((one) => getComputedStyle(one).fontStyle));
    expect(slant).toEqual(['italic', 'normal']);
  });

  test('pasted from elsewhere; that a headline is drawn bold is no mark', async () => {
    const pieceId = await makePiece('On ');
    const desk = await join('Ola', pieceId);
    await textbox(desk.page, label).click();
    await desk.page.keyboard.press('End');
    await paste(desk.page, label, {
      html: '<p>the <b>last</b> <a href="https://example.org/a">bus</a></p><p><i>home</i></p>',
    });
    await holds(pieceId, field, [
      { insert: 'On the ' },
      { insert: 'last', attributes: { bold: true } },
      { insert: ' ' },
      { insert: 'bus', attributes: link },
      { insert: ' ' },
      { insert: 'home', attributes: { italic: true } },
    ]);
    await desk.page.keyboard.press('Control+a');
    await paste(desk.page, label, {
      html: '<h1 style="font-weight:800"><span style="font-weight:800">Night <i>buses</i></span></h1>',
    });
    await holds(pieceId, field, [
      { insert: 'Night ' },
      { insert: 'buses', attributes: { italic: true } },
    ]);
  });

  test('copied from the body and back', async () => {
    const { id } = await asAdmin<{ id: string }>(app.server, 'POST', '/pieces', {
      content: 'Of **night** [buses](https://example.org/a).[^1]\n\n[^1]: A note.',
    });
    const desk = await join('Pat', id);
    const { page } = desk;
    await desk.body.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+c');
    await textbox(page, label).click();
    await page.keyboard.press('Control+v');
    await holds(id, field, [
      { insert: 'Of ' },
      { insert: 'night', attributes: { bold: true } },
      { insert: ' ' },
      { insert: 'buses', attributes: link },
      { insert: '. [A note.]' },
    ]);
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+x');
    await holds(id, field, []);
    await desk.body.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.press('Control+v');
    await desk.body.locator('strong', { hasText: 'night' }).nth(1).waitFor();
  });

  test('an accepted suggestion keeps the marks of the words that it keeps', async () => {
    const pieceId = await makePiece('Night buses');
    const desk = await join('Quy', pieceId);
    await selectWord(desk, label);
    await desk.page.keyboard.press('Control+i');
    await holds(pieceId, field, [
      { insert: 'Night ' },
      { insert: 'buses', attributes: { italic: true } },
    ]);
    const { id } = await asAdmin<{ id: string }>(
      ...([app.server, 'POST', `/pieces/${pieceId}/threads`] as const),
      { anchor: { field, quote: 'Night buses' }, suggestion: { replacement: 'Late buses pay' } },
    );
    await asAdmin(app.server, 'POST', `/threads/${id}/accept`);
    await expect.poll(() => shown(desk, label)).toMatch(/^Late <em>buses( pay)?<\/em>( pay)?$/);
  });

  test('history and its preview of a restore show them, and what became of them', async () => {
    const pieceId = await makePiece('Night buses');
    const desk = await join('Rae', pieceId);
    const { page } = desk;
    await asAdmin(app.server, 'POST', `/pieces/${pieceId}/versions`, { name: 'Before' });
    await selectWord(desk, label);
    await page.keyboard.press('Control+b');
    await holds(pieceId, field, [
      { insert: 'Night ' },
      { insert: 'buses', attributes: { bold: true } },
    ]);
    await desk.isSaid('saved');
    await page.goto(`${app.server.url}/pieces/${pieceId}/history`);
    const article = page.getByRole('article');
    await article.locator('mark strong', { hasText: 'buses' }).waitFor();
    await article.getByText('bold added').waitFor();
    await page
      .getByRole('navigation', { name: 'All moments' })
      .getByText('Before', { exact: true })
      .click();
    await page.getByRole('button', { name: 'Bring this back' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('bold removed').waitFor();
    await dialog.getByRole('button', { name: 'Bring it back' }).click();
    await holds(pieceId, field, [{ insert: 'Night buses' }]);
  });
});

/** As a browser brings it. */
async function paste(page: Page, label: string, brought: { html?: string; text?: string }) {
  await textbox(page, label).evaluate((dom, { html, text }) => {
    const data = new DataTransfer();
    if (html !== undefined) data.setData('text/html', html);
    if (text !== undefined) data.setData('text/plain', text);
    const init = { clipboardData: data, bubbles: true, cancelable: true };
    dom.dispatchEvent(new ClipboardEvent('paste', init));
  }, brought);
}
