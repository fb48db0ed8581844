import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from './axe.ts';
import {
  card,
  caretBehind,
  comment,
  openCard,
  passages,
  post,
  select,
  showsPassages,
  threadsOf,
} from './thread-steps.ts';
import { startWebApp, type Desk, type WebApp } from './web-app.ts';

const content = `Night buses are cheap, and they pay for themselves.

## Costs

Taxis cost more than most people earn in an hour.
`;
const wide = { viewport: { width: 1440, height: 900 } };

let app: WebApp;
/** The same two windows for all tests, each with a piece of its own. */
let seats: { ana: Desk; rev: Desk };
beforeAll(async () => {
  app = await startWebApp();
  const pieceId = await app.makePiece();
  seats = {
    ana: await app.join('Ana Writer', pieceId, 'writer', wide),
    rev: await app.join('Rev Reviewer', pieceId, 'reviewer', wide),
  };
});
afterAll(() => app?.close());

let number = 0;
/** A piece with a writer and a reviewer. */
async function open(): Promise<{ pieceId: string; ana: Desk; rev: Desk }> {
  number += 1;
  const pieceId = await app.makePiece(content);
  const { ana, rev } = seats;
  await Promise.all([app.move(ana, pieceId, 'writer'), app.move(rev, pieceId, 'reviewer')]);
  return { pieceId, ana, rev };
}

describe('Comments, in the web app', () => {
  test('a reviewer comments, the writer sees it live and replies, each changes their own', async () => {
    const { ana, rev } = await open();
    await comment(rev, 'they pay for themselves', 'Says who?');
    await showsPassages(ana, ['they pay for themselves']);
    await card(ana, 'Says who?').waitFor();
    await ana.page.getByText('1 unread', { exact: true }).first().waitFor();

    const atAna = await openCard(ana, 'Says who?');
    await expect.poll(() => ana.page.getByText('1 unread').count()).toBe(0);
    await atAna.getByRole('textbox', { name: /^Reply to/ }).fill('The transport office.');
    await ana.page.keyboard.press('Control+Enter');
    await card(rev, '1 reply').or(card(rev, 'The transport office.')).waitFor();

    const atRev = await openCard(rev, 'Says who?');
    const menus = atRev.getByRole('button', { name: /^What to do with the comment/ });
    expect(await menus.count()).toBe(1);
    await menus.click();
    await rev.page.getByRole('menuitem', { name: 'Edit' }).click();
    await atRev.getByRole('textbox', { name: 'Edit' }).fill('Who says so?');
    await atRev.getByRole('button', { name: 'Save' }).click();
    await card(ana, 'Who says so?').waitFor();
    await card(ana, 'edited').waitFor();

    await card(ana, 'The transport office.')
      .getByRole('button', { name: /^What to do with the comment/ })
      .click();
    await ana.page.getByRole('menuitem', { name: 'Delete' }).click();
    await card(rev, 'This comment was deleted.').waitFor();
  });

  test('what is resolved leaves the text and the open ones, and can be reopened', async () => {
    const { ana, rev } = await open();
    await comment(rev, 'Taxis', 'All of them?');
    await comment(ana, 'cheap', 'How cheap?');
    await showsPassages(rev, ['cheap', 'Taxis']);
    await (await openCard(ana, 'All of them?')).getByRole('button', { name: 'Resolve' }).click();
    await showsPassages(rev, ['cheap']);
    await expect.poll(() => card(rev, 'All of them?').count()).toBe(0);

    await rev.page.getByRole('radio', { name: /^Resolved/ }).click();
    await showsPassages(rev, ['Taxis']);
    await card(rev, 'Resolved by Ana').waitFor();
    await rev.page.getByRole('radio', { name: /^Mine/ }).click();
    await card(rev, 'All of them?').waitFor();
    expect(await card(rev, 'How cheap?').count()).toBe(0);
    const again = await openCard(rev, 'All of them?');
    await again.getByRole('button', { name: 'Reopen' }).click();
    await showsPassages(ana, ['cheap', 'Taxis']);
  });

  test('"@" offers the people of the piece; whom a comment names finds it among theirs', async () => {
    const { ana, rev } = await open();
    await select(rev, 'cheap');
    await rev.page.keyboard.press('Control+Alt+m');
    await rev.page.keyboard.type(`Ask @${ana.person.name.slice(0, 3)}`);
    await rev.page.getByRole('option', { name: ana.person.name }).waitFor();
    await rev.page.keyboard.press('Enter');
    await rev.page.keyboard.type('about it');
    await rev.page.keyboard.press('Control+Enter');
    const words = `Ask @${ana.person.name} about it`;
    await card(ana, words).waitFor();
    expect(await card(ana, words).locator('strong').textContent()).toBe(`@${ana.person.name}`);
    await ana.page.getByRole('radio', { name: /^Mine/ }).click();
    await card(ana, words).waitFor();
  });

  test('bodies that are laden with script stay text, and so do suggestions', async () => {
    const { pieceId, ana, rev } = await open();
    const laden = '<img src=x onerror="document.title=1"><script>document.title=1</script>';
    const attack = `javascript:alert(1) ${laden} @${ana.person.name} ${laden}`;
    await post(app.server, rev, pieceId, { anchor: { quote: 'cheap' }, body: attack });
    const suggestion = { replacement: laden };
    await post(app.server, rev, pieceId, { anchor: { quote: 'Taxis' }, suggestion, body: attack });
    await expect.poll(() => card(ana, laden).count()).toBe(2);
    await expect.poll(() => ana.body.locator('ins').textContent()).toBe(laden);
    expect(await card(ana, laden).first().locator('img, script, a').count()).toBe(0);
    expect(await ana.body.locator('ins *').count()).toBe(0);
    expect(await ana.page.title()).toBe('A piece · Counterpoint');
  });

  test('text and thread lead to each other, and cards never cover one another', async () => {
    const { pieceId, ana, rev } = await open();
    for (const quote of ['cheap', 'they', 'pay', 'for', 'themselves', 'hour']) {
      const long = `On ${quote}: ${'this goes on for a while. '.repeat(6)}`;
      await post(app.server, rev, pieceId, { anchor: { quote }, body: long });
    }
    await expect.poll(() => ana.page.locator('[data-thread-card]').count()).toBe(6);
    await apart(ana);
    await ana.body.locator('.passage', { hasText: 'for' }).click();
    const active = ana.page.locator('[data-thread-card][aria-current="true"]');
    await active.getByText('On for:').waitFor();
    await apart(ana);
    await expect
      .poll(async () => {
        const [cardBox, passageBox] = await Promise.all([
          active.boundingBox(),
          ana.body.locator('.passage-active').boundingBox(),
        ]);
        return Math.abs((cardBox?.y ?? 0) - (passageBox?.y ?? 999)) < 8;
      })
      .toBe(true);
    await (await openCard(ana, 'On hour:')).press('Escape');
    await expect.poll(() => ana.body.locator('.passage-active').textContent()).toBe('hour');
    await ana.page.keyboard.type('!');
    await expect.poll(() => ana.body.textContent()).toContain('in an hour!.');
  });

  test('by keyboard alone: comment, go to it, answer, resolve; axe finds nothing', async () => {
    const { ana, rev } = await open();
    const { keyboard } = ana.page;
    await ana.body.focus();
    await keyboard.press('Control+Home');
    for (let i = 0; i < 5; i++) await keyboard.press('Shift+ArrowRight');
    await keyboard.press('Control+Alt+m');
    await keyboard.type('Which night?');
    await expectAccessible(ana.page, 'a comment that is being written');
    await keyboard.press('Control+Enter');
    await showsPassages(rev, ['Night']);
    await card(ana, 'Which night?').waitFor();
    await expect
      .poll(() => ana.page.evaluate(() => document.activeElement?.getAttribute('role')))
      .toBe('textbox');
    await keyboard.press('Control+Alt+n');
    await ana.page.locator('[data-thread-card]:focus').waitFor();
    await expectAccessible(ana.page, 'a thread that one is at');
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    await keyboard.type('Every one.');
    await keyboard.press('Control+Enter');
    await card(ana, 'Every one.').waitFor();
    await card(rev, 'Which night?').getByText('1 reply').waitFor();
    await ana.page.getByRole('button', { name: 'Resolve' }).press('Enter');
    await showsPassages(rev, []);
    await ana.page.locator('.ProseMirror:focus').waitFor();
  });

  test('S2 a passage that is deleted leaves its thread at the end with its quote; undo brings it back', async () => {
    const { ana, rev } = await open();
    await comment(rev, 'they pay for themselves', 'Says who?');
    await showsPassages(ana, ['they pay for themselves']);
    await select(ana, ', and they pay for themselves');
    await ana.page.keyboard.press('Delete');
    for (const desk of [ana, rev]) {
      await card(desk, 'Says who?').getByText('No longer in the text').waitFor();
      await card(desk, 'Says who?').getByText('they pay for themselves').waitFor();
      expect(await passages(desk)).toEqual([]);
    }
    await ana.body.focus();
    await ana.page.keyboard.press('Control+z');
    for (const desk of [ana, rev]) {
      await showsPassages(desk, ['they pay for themselves']);
      await expect.poll(() => desk.page.getByText('No longer in the text').count()).toBe(0);
    }
  });

  test('on a phone they are in a sheet, which says how many there are', async () => {
    const { pieceId, rev } = await open();
    await post(app.server, rev, pieceId, { anchor: { quote: 'cheap' }, body: 'How cheap?' });
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };
    const pia = await app.join(`Pia ${number}`, pieceId, 'reviewer', phone);
    await pia.page.getByRole('button', { name: 'Comments: 1 open, 1 unread' }).click();
    const sheet = pia.page.getByRole('dialog', { name: 'Comments' });
    await expectAccessible(pia.page, 'the sheet of comments');
    await sheet.locator('[data-thread-card]').focus();
    await sheet.getByRole('textbox', { name: /^Reply to/ }).fill('Very.');
    await sheet.getByRole('button', { name: 'Send' }).click();
    await card(rev, '1 reply').waitFor();
    await pia.page.keyboard.press('Escape');
    await pia.page.keyboard.press('Escape');
    await expect.poll(() => sheet.count()).toBe(0);
    await select(pia, 'Taxis');
    await pia.page
      .getByRole('group', { name: 'On the selection' })
      .getByRole('button')
      .first()
      .click();
    await pia.page.getByRole('textbox', { name: 'Comment', exact: true }).fill('Which?');
    await pia.page.getByRole('button', { name: 'Comment', exact: true }).click();
    await showsPassages(rev, ['cheap', 'Taxis']);
  });
});

describe('Suggestions, in the web app', () => {
  test('a reviewer types over a selection, the writer accepts, and the words are the reviewer’s', async () => {
    const { pieceId, ana, rev } = await open();
    await select(rev, 'cheap');
    await rev.page.keyboard.type('good value');
    const field = rev.page.getByRole('textbox', { name: 'Should read' });
    await expect.poll(() => field.inputValue()).toBe('good value');
    await rev.page.keyboard.press('Control+Enter');
    await expect.poll(() => ana.body.locator('del').textContent()).toBe('cheap');
    await expect.poll(() => ana.body.locator('ins').textContent()).toBe('good value');
    const atRev = await openCard(rev, 'good value');
    expect(await atRev.getByRole('button', { name: 'Accept' }).count()).toBe(0);

    const atAna = await openCard(ana, 'good value');
    await expectAccessible(ana.page, 'a suggestion to decide on');
    await atAna.getByRole('button', { name: 'Accept' }).click();
    const first = 'Night buses are good value, and they pay for themselves.';
    for (const desk of [ana, rev])
      await expect.poll(async () => (await desk.lines())[0]).toBe(first);
    await rev.page.getByRole('radio', { name: /^Resolved/ }).click();
    await card(rev, `Accepted by ${ana.person.name}`).waitFor();
    const [thread] = await threadsOf(app.server, ana, pieceId);
    expect(thread).toMatchObject({ status: 'accepted', decidedBy: { id: ana.person.id } });
    expect(thread?.author.id).toBe(rev.person.id);
  });

  test('typing without a selection proposes an insertion; nothing of it is in the text', async () => {
    const { ana, rev } = await open();
    await caretBehind(rev, 'cheap');
    await rev.page.keyboard.type(' at night');
    const field = rev.page.getByRole('textbox', { name: 'Insert', exact: true });
    await expect.poll(() => field.inputValue()).toBe(' at night');
    expect((await rev.lines())[0]).toBe('Night buses are cheap, and they pay for themselves.');
    await rev.page.keyboard.press('Control+Enter');
    await expect.poll(() => ana.body.locator('ins').textContent()).toBe(' at night');
    await (await openCard(ana, 'at night')).getByRole('button', { name: 'Accept' }).click();
    const first = 'Night buses are cheap at night, and they pay for themselves.';
    await expect.poll(async () => (await rev.lines())[0]).toBe(first);
  });

  test('Delete over a selection proposes to delete it; the writer rejects, and nothing changes', async () => {
    const { ana, rev } = await open();
    await select(rev, ', and they pay for themselves');
    await rev.page.keyboard.press('Delete');
    await rev.page.getByText('it suggests to delete the words').waitFor();
    await rev.page.getByRole('button', { name: 'Suggest', exact: true }).click();
    await expect.poll(() => ana.body.locator('del').textContent()).toContain('and they pay');
    const before = await ana.lines();
    const atAna = await openCard(ana, 'and they pay for themselves');
    await atAna.getByRole('button', { name: 'Reject' }).click();
    await expect.poll(() => ana.body.locator('del').count()).toBe(0);
    expect(await ana.lines()).toEqual(before);
    await ana.page.getByRole('radio', { name: /^Resolved/ }).click();
    await card(ana, 'Rejected by Ana').waitFor();
  });

  test('a writer decides with one click each, beside the text; nobody else is offered to', async () => {
    const { pieceId, ana, rev } = await open();
    for (const [quote, replacement] of [
      ['cheap', 'good value'],
      ['Taxis', 'Cabs'],
    ]) {
      await post(app.server, rev, pieceId, { anchor: { quote }, suggestion: { replacement } });
    }
    for (const desk of [ana, rev]) {
      await expect.poll(() => desk.body.locator('ins').count()).toBe(2);
    }
    expect(await rev.page.getByRole('button', { name: 'Accept' }).count()).toBe(0);
    await card(ana, 'Cabs').getByRole('button', { name: 'Reject' }).click();
    await expect.poll(() => ana.body.locator('ins').allTextContents()).toEqual(['good value']);
    await card(ana, 'good value').getByRole('button', { name: 'Accept' }).click();
    const first = 'Night buses are good value, and they pay for themselves.';
    await expect.poll(async () => (await rev.lines())[0]).toBe(first);
    // The text is shown to all before the decision is stored.
    const statuses = async () =>
      (await threadsOf(app.server, ana, pieceId)).map(({ status }) => status).sort();
    await expect.poll(statuses).toEqual(['accepted', 'rejected']);
  });

  test('a passage that was changed since is shown as it reads; the writer keeps or rejects', async () => {
    const { pieceId, ana, rev } = await open();
    const suggestion = { replacement: 'they earn money' };
    const anchor = { quote: 'they pay for themselves' };
    await post(app.server, rev, pieceId, { anchor, suggestion });
    await expect.poll(() => ana.body.locator('ins').count()).toBe(1);
    await caretBehind(ana, 'they pay');
    await ana.page.keyboard.type(' well');
    await ana.isSaid('saved');
    const atAna = await openCard(ana, 'they earn money');
    await atAna.getByRole('button', { name: 'Accept' }).click();
    const alert = atAna.getByRole('alert');
    await alert.getByText('they pay well for themselves').waitFor();
    await alert.getByRole('button', { name: 'Keep open' }).click();
    await atAna.getByRole('button', { name: 'Accept' }).waitFor();
    await atAna.getByRole('button', { name: 'Reject' }).click();
    await expect.poll(() => ana.body.locator('ins').count()).toBe(0);
  });

  test('a proposer withdraws; a writer suggests too; a reader is told why keys do nothing', async () => {
    const { pieceId, ana, rev } = await open();
    await select(ana, 'Taxis');
    await ana.page.getByRole('group', { name: 'On the selection' }).waitFor();
    await ana.page.getByRole('button', { name: 'Suggest', exact: true }).click();
    await ana.page.getByRole('textbox', { name: 'Should read' }).fill('Cabs');
    await ana.page.keyboard.press('Control+Enter');
    await expect.poll(() => rev.body.locator('ins').textContent()).toBe('Cabs');
    await post(app.server, rev, pieceId, {
      anchor: { quote: 'cheap' },
      suggestion: { replacement: 'dear' },
    });
    await (await openCard(rev, 'dear')).getByRole('button', { name: 'Withdraw' }).click();
    await expect.poll(() => ana.body.locator('ins').allTextContents()).toEqual(['Cabs']);

    const rea = await app.join(`Rea ${number}`, pieceId, 'reader', wide);
    await expect.poll(() => rea.body.locator('ins').textContent()).toBe('Cabs');
    await rea.body.focus();
    await rea.page.keyboard.press('x');
    await rea.isTold('You can read this piece, not change it or comment on it.');
    expect(await rea.page.getByRole('button', { name: 'Comment on the selection' }).count()).toBe(
      0,
    );
    const atRea = await openCard(rea, 'Cabs');
    expect(await atRea.getByRole('textbox').count()).toBe(0);
    await rev.page.getByText('You are reviewing: select text to comment or suggest.').waitFor();
  });
});

/** No card covers another, once they stand still. */
async function apart(desk: Desk): Promise<void> {
  await expect
    .poll(() =>
      desk.page.evaluate(() => {
        const boxes = [...document.querySelectorAll('[data-thread-card]')]
          .map((element) => element.getBoundingClientRect())
          .sort((a, b) => a.top - b.top);
        return boxes.every((box, i) => i === 0 || box.top >= (boxes[i - 1]?.bottom ?? 0));
      }),
    )
    .toBe(true);
}
