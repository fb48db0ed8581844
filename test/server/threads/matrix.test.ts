import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Thread, ThreadPage } from '../../../shared/api/threads.ts';
import { joinLine, setBlock, splitLine, type DeltaOp } from '../../../shared/document/index.ts';
import { api } from '../../engine/people-in-room.ts';
import { agreed } from '../../support/agreed.ts';
import { connect, createPiece, type StockClient } from '../../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../../support/people.ts';
import { startRunningServer, type TestRunningServer } from '../../support/running-server.ts';

let server: TestRunningServer;
let [ann, bob, rev]: TestPerson[] = [];
beforeAll(async () => {
  server = await startRunningServer();
  [ann, bob, rev] = await Promise.all(
    ['Ann', 'Bob', 'Rev'].map((name) => createPerson(server, name)),
  );
});
afterAll(() => server.stop());

const passage = 'they pay for themselves';
const lede = `Night buses are cheap, and **${passage}**.`;
const content = `## Costs

${lede}

The roads are empty then; who is disturbed by them?

## Streets

Taxis cost more than most people earn in an hour of work.
`;
/** What the other writer types into the passage meanwhile. */
const typed = passage.replace('pay for', 'pay easily for');

interface Scene {
  readonly pieceId: string;
  readonly writer: StockClient;
  readonly undo: Y.UndoManager;
}

interface Operation {
  /** What the writer does; between steps the server gets to look. */
  readonly steps: readonly ((scene: Scene) => void | Promise<void>)[];
  /** What the passage reads at the end: by itself, and where another typed into it meanwhile. */
  readonly alone: string;
  readonly together: string;
}

const at = (body: Y.Text, words: string) => body.toJSON().indexOf(words);

function cut(body: Y.Text, words: string): DeltaOp[] {
  const from = at(body, words);
  const delta = slice(body, from, from + words.length);
  body.delete(from, words.length);
  return delta;
}

function slice(body: Y.Text, from: number, to: number): DeltaOp[] {
  const copy = new Y.Doc().getText('copy');
  copy.applyDelta(body.toDelta() as DeltaOp[], { sanitize: true });
  copy.delete(to, copy.length - to);
  copy.delete(0, from);
  return copy.toDelta() as DeltaOp[];
}

const paste = (body: Y.Text, index: number, delta: DeltaOp[]) =>
  body.applyDelta([...(index > 0 ? [{ retain: index }] : []), ...delta], { sanitize: true });

const once = (edit: (body: Y.Text, doc: Y.Doc) => void) => [
  ({ writer: { body, doc } }: Scene) => doc.transact(() => edit(body, doc), ann!.id),
];

let clipboard: DeltaOp[] = [];
const operations: Record<string, Operation> = {
  'delete, and undo': {
    steps: [...once((body) => void cut(body, passage)), ({ undo }) => void undo.undo()],
    ...{ alone: passage, together: typed },
  },
  'cut, and paste elsewhere': {
    steps: [
      ...once((body) => (clipboard = cut(body, passage))),
      ...once((body) => paste(body, at(body, 'Taxis'), clipboard)),
    ],
    ...{ alone: passage, together: passage },
  },
  'clear formatting': {
    steps: once((body) => body.format(0, body.length, { bold: null, header: null, link: null })),
    ...{ alone: passage, together: typed },
  },
  'move a section': {
    steps: once((body) => {
      const end = at(body, 'Streets');
      const section = slice(body, 0, end);
      body.delete(0, end);
      paste(body, body.length, section);
    }),
    ...{ alone: passage, together: passage },
  },
  'PUT content in another order': {
    steps: [
      ({ pieceId }) => {
        const [first = '', second = ''] = content.split('## Streets');
        return put(pieceId, `## Streets${second}\n${first}`.replace('cheap', 'good value'));
      },
    ],
    ...{ alone: passage, together: typed },
  },
  'PUT content that has it elsewhere': {
    steps: [
      ({ pieceId }) => {
        const without = content.replace(`, and **${passage}**`, '');
        return put(pieceId, without.replace('Taxis', `Indeed **${passage}**. Taxis`));
      },
    ],
    ...{ alone: passage, together: passage },
  },
  'PUT content that changes a word of it': {
    steps: [({ pieceId }) => put(pieceId, content.replace('they pay', 'we pay'))],
    alone: passage.replace('they', 'we'),
    together: typed.replace('they', 'we'),
  },
  'restore a version, after a delete': {
    steps: [
      async ({ pieceId, writer: { body, doc } }) => {
        await keepVersion(pieceId);
        doc.transact(() => cut(body, passage), ann!.id);
      },
      restoreVersion,
    ],
    ...{ alone: passage, together: passage },
  },
  'restore a version, after a rewrite of all around it': {
    steps: [
      async ({ pieceId }) => {
        await keepVersion(pieceId);
        await put(pieceId, `Buses. **${passage}**, it is said.\n\n## Else\n\nNothing else.`);
      },
      restoreVersion,
    ],
    ...{ alone: passage, together: passage },
  },
  split: {
    steps: once((body) => void splitLine(body, at(body, 'pay'))),
    alone: passage.replace('pay', '\npay'),
    together: typed.replace('pay', '\npay'),
  },
  join: {
    steps: once((body) => joinLine(body, at(body, 'The roads'))),
    ...{ alone: passage, together: typed },
  },
  'turn into': {
    steps: once((body) => setBlock(body, at(body, passage), { kind: 'thesis', id: 't' })),
    ...{ alone: passage, together: typed },
  },
};

let versionId = '';
async function keepVersion(pieceId: string): Promise<void> {
  const body = { name: 'Before' };
  ({ id: versionId } = await api<{ id: string }>(
    ...([server, 'POST', `/pieces/${pieceId}/versions`, { body, token: ann!.token }] as const),
  ));
}

async function restoreVersion(): Promise<void> {
  await api(server, 'POST', `/versions/${versionId}/restore`, { body: {}, token: ann!.token });
}

async function put(pieceId: string, text: string): Promise<void> {
  const answer = await fetch(`${server.url}/api/pieces/${pieceId}/content`, {
    method: 'PUT',
    headers: {
      ...{ authorization: `Bearer ${ann!.token}`, 'if-match': '*' },
      'content-type': 'application/json',
    },
    body: JSON.stringify({ content: text }),
  });
  expect(answer.status).toBe(200);
}

async function join(pieceId: string, person: TestPerson): Promise<StockClient> {
  const client = connect(server, pieceId, { token: person.token });
  await client.synced();
  return client;
}

async function threadsOf(pieceId: string): Promise<readonly Thread[]> {
  return (await api<ThreadPage>(server, 'GET', `/pieces/${pieceId}/threads`, { token: rev!.token }))
    .items;
}

const suggestion = { replacement: 'they cost nothing' };

describe('S2 whatever is done to the text, the thread is on its passage', () => {
  const cases = Object.entries(operations).flatMap(([name, operation]) =>
    (['comment', 'suggestion'] as const).flatMap((kind) =>
      [1, 2].map((writers) => [name, kind, writers, operation] as const),
    ),
  );

  test.each(cases)('%s: a %s, %i at work', async (_name, kind, writers, operation) => {
    const pieceId = await createPiece(server, { content });
    for (const person of [ann!, bob!]) await addMember(server, pieceId, person, 'writer');
    await addMember(server, pieceId, rev!, 'reviewer');
    const writer = await join(pieceId, ann!);
    const other = writers === 2 ? await join(pieceId, bob!) : null;
    const clients = other === null ? [writer] : [writer, other];
    const { id } = await api<Thread>(server, 'POST', `/pieces/${pieceId}/threads`, {
      token: rev!.token,
      body: {
        anchor: { quote: passage },
        body: 'Do they?',
        ...(kind === 'suggestion' && { suggestion }),
      },
    });
    const look = async () => {
      const threads = await threadsOf(pieceId);
      expect(threads.map((thread) => thread.id)).toEqual([id]);
      const [thread] = threads as [Thread];
      if (thread.position === null) expect(thread.quote).toBe(passage);
      else {
        const { from, to } = thread.position;
        expect(writer.body.toJSON().slice(from, to)).toBe(thread.quote);
      }
      return thread;
    };
    const settle = async () => {
      for (const client of clients) client.provider.connect();
      await Promise.all(clients.map((client) => client.synced()));
      const newcomer = await join(pieceId, ann!);
      await agreed([newcomer, ...clients].map((client) => client.doc));
      newcomer.destroy();
      await look();
    };
    await look();
    const undo = new Y.UndoManager(writer.body, { trackedOrigins: new Set([ann!.id]) });
    if (other !== null) {
      other.provider.disconnect();
      other.body.insert(at(other.body, 'for themselves'), 'easily ');
    }
    for (const step of operation.steps) {
      await step({ pieceId, writer, undo });
      await settle();
    }
    const { quote, orphaned, status } = await look();
    expect({ quote, orphaned, status }).toEqual({
      ...{ quote: writers === 2 ? operation.together : operation.alone },
      ...{ orphaned: false, status: 'open' },
    });
    for (const client of clients) client.destroy();
  });
});
