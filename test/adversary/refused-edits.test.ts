import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type * as Y from 'yjs';
import { expectVerified } from '../durability/desk.ts';
import {
  api,
  applyRefused,
  connectListening,
  lettersBy,
  refusedOf,
  textOf,
  type ListeningClient,
} from '../engine/people-in-room.ts';
import { createPiece, docHolds, when } from '../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../support/people.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { until } from '../support/until.ts';

let server: TestRunningServer;
let [ann, bob, rev]: TestPerson[] = [];
let pieceId: string;

beforeAll(async () => {
  server = await startRunningServer();
  [ann, bob, rev] = await Promise.all(
    ['Ann', 'Bob', 'Rev Reviewer'].map((name) => createPerson(server, name)),
  );
});
afterAll(async () => {
  await expectVerified({ DATABASE_URL: server.databaseUrl });
  await server.stop();
});

beforeEach(async () => {
  const content = 'Taxes rise here.[^1]\n\nHe did it well.\n\n[^1]: See the budget.\n';
  pieceId = await createPiece(server, { content, format: 'markdown' });
  await addMember(server, pieceId, ann!, 'writer');
  await addMember(server, pieceId, bob!, 'writer');
  await addMember(server, pieceId, rev!, 'reviewer');
});

async function joined(person: TestPerson): Promise<ListeningClient> {
  const client = connectListening(server, pieceId, { token: person.token });
  onTestFinished(() => client.destroy());
  await client.synced();
  return client;
}

async function theRefused() {
  const [row, ...more] = await refusedOf(server, pieceId);
  expect(more).toEqual([]);
  return row!;
}

describe('R4 row 10: a reviewer’s edit that looks like one letter', () => {
  async function refuseMuch(): Promise<ListeningClient> {
    const reviewer = await joined(rev!);
    reviewer.doc.transact(() => {
      reviewer.body.format(0, 5, { link: 'https://evil.example/' });
      const words = signsOf(reviewer.body);
      reviewer.body.format(words.indexOf('\n'), 1, { thesis: 'th1' });
      const note = reviewer.doc.getMap('footnotes').get('1') as Y.Text;
      note.delete(0, note.length);
      reviewer.body.insert(words.indexOf('did') + 3, 'x');
    });
    await reviewer.event('refused');
    return reviewer;
  }

  test('is shown with all that it does, and does just that', async () => {
    await refuseMuch();
    const row = await theRefused();
    expect(row).toMatchObject({ added: 'x', blocked: null });
    const { lines, footnotes } = row.changes!;
    expect(lines[0]).toMatchObject({
      block: { before: { kind: 'paragraph' }, after: { kind: 'thesis', id: 'th1' } },
      parts: [
        {
          text: 'Taxes',
          formats: [{ attribute: 'link', before: null, after: 'https://evil.example/' }],
        },
        {},
        {},
      ],
    });
    expect(lines[1]).toMatchObject({ change: 'changed' });
    expect(footnotes).toMatchObject([{ change: 'changed', parts: [{ change: 'removed' }] }]);
    expect(await applyRefused(server, row.id)).toEqual({ status: 204 });
    expect(await textOf(server, pieceId)).toContain('He didx it');
    expect(await refusedOf(server, pieceId)).toEqual([]);
  });

  test('what the piece has become since, or the edit has, is shown before it is applied', async () => {
    const reviewer = await refuseMuch();
    const { id, shown } = await theRefused();
    const writer = await joined(ann!);
    writer.body.insert(3, 'very ');
    await writer.allSaved();
    const changed = await applyRefused(server, id);
    expect(changed).toMatchObject({ status: 409, code: 'refused_changed' });
    expect(JSON.stringify(changed.refused!.changes)).toContain('very ');
    expect(await applyRefused(server, id, shown)).toMatchObject({ status: 409 });
    const second = (await theRefused()).shown;
    reviewer.body.insert(0, 'y');
    await until('more has come', async () => (await theRefused()).shown !== second);
    expect(await applyRefused(server, id, second)).toMatchObject({ code: 'refused_changed' });
    expect(await textOf(server, pieceId)).not.toContain('didx');
    expect(await applyRefused(server, id, (await theRefused()).shown)).toEqual({ status: 204 });
    expect(await textOf(server, pieceId)).toContain('didx');
  });

  test('what nobody was shown is not applied', async () => {
    const reviewer = await joined(rev!);
    reviewer.body.insert(0, 'XX');
    const { id } = await reviewer.event('refused');
    const answer = await applyRefused(server, id as string);
    expect(answer).toMatchObject({ status: 409, code: 'refused_changed', refused: { id } });
    expect(await textOf(server, pieceId)).not.toContain('XX');
    expect(await applyRefused(server, id as string)).toEqual({ status: 204 });
  });

  test('goes in while others type without a pause', async () => {
    await refuseMuch();
    const { id } = await theRefused();
    const writer = await joined(bob!);
    let typing = true;
    let typed = 0;
    const done = (async () => {
      while (typing) {
        writer.body.insert(writer.body.length - 1, '.');
        typed++;
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await until('they type', () => typed > 20);
    const { code, status } = await applyRefused(server, id);
    typing = false;
    await done;
    // The last line is not the one that they write in.
    expect([status, code]).toEqual([409, 'refused_changed']);
    writer.body.insert(writer.body.length - 1, '\n');
    await writer.allSaved();
    const { shown } = await theRefused();
    typing = true;
    const again = (async () => {
      while (typing) {
        writer.body.insert(writer.body.length - 1, '.');
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    expect(await applyRefused(server, id, shown)).toEqual({ status: 204 });
    typing = false;
    await again;
    await writer.allSaved();
    expect(await textOf(server, pieceId)).toBe(signsOf(writer.body));
  });
});

/** The text, with a sign for each embed. */
function signsOf(text: Y.Text): string {
  const delta = text.toDelta() as { readonly insert: unknown }[];
  return delta.map(({ insert }) => (typeof insert === 'string' ? insert : '\ufffc')).join('');
}

describe('A2 row 11: what is refused for its clientID', () => {
  test('is in the name of whoever sent it once an owner applies it, and the other goes on', async () => {
    const writer = await joined(ann!);
    writer.body.insert(0, 'I am Ann. ');
    await writer.allSaved();
    const forger = await joined(bob!);
    await docHolds(forger.doc, () => forger.body.toJSON().startsWith('I am Ann. '));
    const own = forger.doc.clientID;
    forger.doc.clientID = writer.doc.clientID;
    forger.body.insert(10, 'I resign. ');
    forger.doc.clientID = own;
    await forger.event('refused');
    const row = await theRefused();
    expect(row).toMatchObject({ author: { id: bob!.id }, reason: 'not_your_client_id' });
    writer.body.insert(0, 'Still here. ');
    await writer.allSaved();
    expect(await applyRefused(server, row.id, (await theRefused()).shown)).toEqual({ status: 204 });
    await docHolds(writer.doc, () => writer.body.toJSON().includes('I resign. '));
    writer.body.insert(0, 'And on. ');
    await writer.allSaved();
    const letters = await lettersBy(server, pieceId);
    const text = (id: string) =>
      letters.map(({ userId, text }) => (userId === id ? text : '')).join('');
    expect(text(bob!.id)).toBe('I resign. ');
    expect(text(ann!.id)).toBe('And on. Still here. I am Ann. ');
    // A client that still holds the words under the other's clientID is known, and brings nothing.
    forger.provider.disconnect();
    forger.provider.connect();
    await when(forger.provider, 'sync', () => forger.provider.synced);
    const after = await textOf(server, pieceId);
    expect(after.split('I resign. ')).toHaveLength(2);
    expect(await refusedOf(server, pieceId)).toEqual([]);
    const { items } = await api<{ items: { kind: string; data: object }[] }>(
      ...([server, 'GET', `/pieces/${pieceId}/events`] as const),
    );
    expect(items[0]).toMatchObject({ kind: 'refused.applied', data: { authorId: bob!.id } });
  });
});
