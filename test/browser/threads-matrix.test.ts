import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  card,
  caretBehind,
  passages,
  post,
  select,
  showsPassages,
  threadsOf,
} from './thread-steps.ts';
import { adminToken } from '../support/server-process.ts';
import { asAdmin, startWebApp, type Desk, type WebApp } from './web-app.ts';

const passage = 'they pay for themselves';
const content = `## Costs

Night buses are cheap, and **${passage}**.

The roads are empty then; who is disturbed by them?

## Streets

Taxis cost more than most people earn in an hour of work. ${'They stand there all night. '.repeat(9)}
`;
const wide = { viewport: { width: 1440, height: 900 } };

let app: WebApp;
/** The same two windows for all rows, each with a piece of its own. */
let ana: Desk;
let ben: Desk;
beforeAll(async () => {
  app = await startWebApp();
  const pieceId = await app.makePiece();
  const permissions = ['clipboard-read', 'clipboard-write'];
  ana = await app.join('Ana', pieceId, 'writer', { ...wide, permissions });
  ben = await app.join('Ben', pieceId, 'writer', wide);
});
afterAll(() => app?.close());

async function begin(): Promise<string> {
  const pieceId = await app.makePiece(content);
  for (const desk of [ana, ben]) await app.move(desk, pieceId, 'writer', 'follow');
  return pieceId;
}

/** What a writer does to the passage, in the browser; another has typed "easily" into it if `typed`. */
interface Operation {
  readonly does: (desk: Desk, pieceId: string) => Promise<void>;
  /** What the passage reads at the end: by itself, and where another typed into it before. */
  readonly alone: string;
  readonly together: string;
}

const typed = passage.replace('pay for', 'pay easily for');
const press = async (desk: Desk, ...keys: string[]) => {
  for (const key of keys) await desk.page.keyboard.press(key);
};
/** What the passage reads in this window. */
const current = async (desk: Desk) => (await passages(desk))[0] ?? passage;

const operations: Record<string, Operation> = {
  'delete, and undo': {
    does: async (desk) => {
      await select(desk, await current(desk));
      await press(desk, 'Delete');
      await isLost(desk);
      await desk.body.focus();
      await press(desk, 'Control+z');
    },
    ...{ alone: passage, together: typed },
  },
  'cut, and paste elsewhere': {
    does: async (desk) => {
      await select(desk, await current(desk));
      await press(desk, 'Control+x');
      await isLost(desk);
      await caretBehind(desk, 'disturbed by them?');
      await press(desk, 'Control+v');
    },
    ...{ alone: passage, together: typed },
  },
  'clear formatting': {
    does: async (desk) => {
      await select(desk, await current(desk));
      await press(desk, 'Control+b');
    },
    ...{ alone: passage, together: typed },
  },
  'turn into a heading': {
    does: async (desk) => {
      await caretBehind(desk, 'cheap');
      await press(desk, 'Control+Alt+2');
    },
    ...{ alone: passage, together: typed },
  },
  'turn into a thesis': {
    does: async (desk) => {
      await caretBehind(desk, 'cheap');
      await press(desk, 'Control+Alt+t');
    },
    ...{ alone: passage, together: typed },
  },
  'move a section': {
    does: async (desk) => {
      const outline = desk.page.getByRole('navigation', { name: 'Outline of the argument' });
      await outline.getByRole('button', { name: 'Costs', exact: true }).focus();
      await press(desk, 'Alt+ArrowDown');
      await expect.poll(async () => (await desk.lines()).at(-1)).toMatch(/^The roads/);
    },
    ...{ alone: passage, together: typed },
  },
  'restore a version': {
    does: async (desk, pieceId) => {
      const kept = await asAdmin<{ id: string }>(
        app.server,
        'POST',
        `/pieces/${pieceId}/versions`,
        {
          name: 'Before',
        },
      );
      await select(desk, await current(desk));
      await press(desk, 'Delete');
      await isLost(desk);
      await desk.isSaid('saved');
      await asAdmin(app.server, 'POST', `/versions/${kept.id}/restore`, {});
    },
    ...{ alone: passage, together: typed },
  },
  'PUT content from outside': {
    does: async (_desk, pieceId) => {
      const headers = { authorization: `Bearer ${adminToken}` };
      const url = `${app.server.url}/api/pieces/${pieceId}`;
      const text = await fetch(`${url}/export?profile=working`, { headers });
      const [front = '', costs = '', streets = ''] = (await text.text()).split(/^(?=## )/m);
      const body = JSON.stringify({
        content: front + streets + '\n' + costs.replace('cheap', 'dear'),
      });
      const answer = await fetch(`${url}/content`, {
        ...{ method: 'PUT', body },
        headers: { ...headers, 'content-type': 'application/json', 'if-match': '*' },
      });
      expect(answer.status).toBe(200);
    },
    ...{ alone: passage, together: typed },
  },
  split: {
    does: async (desk) => {
      await caretBehind(desk, 'they ');
      await press(desk, 'Enter');
    },
    ...{ alone: passage, together: typed },
  },
  join: {
    does: async (desk) => {
      await select(desk, 'The roads');
      await press(desk, 'ArrowLeft', 'Backspace');
    },
    ...{ alone: passage, together: typed },
  },
};

describe('S2 a thread in the browser is on its passage, or at the end with its quote', () => {
  for (const [name, { does, alone, together }] of Object.entries(operations)) {
    for (const company of [false, true]) {
      const title = `${name}${company ? ', where another has typed inside' : ''}`;
      test(title, async () => {
        const pieceId = await begin();
        const anchor = { quote: passage };
        await post(app.server, ben, pieceId, { anchor, body: 'Says who?' });
        const suggestion = { replacement: 'they earn money' };
        await post(app.server, ben, pieceId, { anchor, suggestion });
        for (const desk of [ana, ben]) await showsPassages(desk, [passage, passage]);
        if (company) {
          await caretBehind(ben, 'they pay');
          await ben.page.keyboard.type(' easily');
          for (const desk of [ana, ben]) await showsPassages(desk, [typed, typed]);
          // The server looks some time after a text has changed, and when it is asked.
          const quotes = async () =>
            (await threadsOf(app.server, ben, pieceId)).map(({ quote }) => quote);
          await expect.poll(quotes).toEqual([typed, typed]);
        }
        await does(ana, pieceId);
        const expected = company ? together : alone;
        for (const desk of [ana, ben]) {
          await showsPassages(desk, [expected, expected]);
          await expect.poll(() => card(desk, 'Says who?').count()).toBe(1);
          await expect.poll(() => card(desk, 'they earn money').count()).toBe(1);
          await expect.poll(() => desk.page.getByText('No longer in the text').count()).toBe(0);
        }
      });
    }
  }

  test('another writes inside at the same moment as it is made a thesis and split', async () => {
    const pieceId = await begin();
    await post(app.server, ben, pieceId, { anchor: { quote: passage }, body: 'Says who?' });
    for (const desk of [ana, ben]) await showsPassages(desk, [passage]);
    await caretBehind(ben, 'they pay');
    await caretBehind(ana, 'cheap');
    await Promise.all([
      ben.page.keyboard.type(' easily', { delay: 10 }),
      press(ana, 'Control+Alt+t'),
    ]);
    await caretBehind(ana, 'they ');
    await press(ana, 'Enter');
    for (const desk of [ana, ben]) await showsPassages(desk, [typed]);
  });
});

/** Both threads say that their passage is gone, with its quote. */
async function isLost(desk: Desk): Promise<void> {
  await expect.poll(() => passages(desk)).toEqual([]);
  await expect.poll(() => desk.page.getByText('No longer in the text').count()).toBe(2);
  await card(desk, 'Says who?').locator('blockquote').getByText('themselves').waitFor();
}
