import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type * as Y from 'yjs';
import {
  applyRefused,
  connectListening,
  lettersBy,
  refusedOf,
  textOf,
  type ListeningClient,
} from '../../engine/people-in-room.ts';
import { createPiece, docHolds } from '../../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../../support/people.ts';
import { startRunningServer, type TestRunningServer } from '../../support/running-server.ts';

let server: TestRunningServer;
let [ann, bob, olga, otto, rev]: TestPerson[] = [];
let pieceId: string;

beforeAll(async () => {
  server = await startRunningServer();
  [ann, bob, olga, otto, rev] = await Promise.all(
    ['Ann', 'Bob', 'Olga Owner', 'Otto Owner', 'Rev'].map((name) => createPerson(server, name)),
  );
});
afterAll(() => server.stop());

beforeEach(async () => {
  pieceId = await createPiece(server, { content: 'One two three.', format: 'text' });
  for (const owner of [olga!, otto!]) await addMember(server, pieceId, owner, 'owner');
  for (const writer of [ann!, bob!]) await addMember(server, pieceId, writer, 'writer');
  await addMember(server, pieceId, rev!, 'reviewer');
});

async function joined(person: TestPerson): Promise<ListeningClient> {
  const client = connectListening(server, pieceId, { token: person.token });
  onTestFinished(() => client.destroy());
  await client.synced();
  return client;
}

const apply = (id: string, by: TestPerson, shown: string | null = null) =>
  applyRefused(server, id, shown, by.token);
const listFor = (owner: TestPerson) => refusedOf(server, pieceId, owner.token);

describe('R4 row 10: an owner approves of what they were shown themselves', () => {
  async function refuse(write: (body: Y.Text) => void): Promise<string> {
    const reviewer = await joined(rev!);
    reviewer.doc.transact(() => write(reviewer.body));
    const { id } = await reviewer.event('refused');
    return id as string;
  }

  test('another owner’s look approves of nothing, nor does If-Match: *', async () => {
    const id = await refuse((body) => body.insert(0, 'XX'));
    await listFor(otto!);
    const first = await apply(id, olga!, '*');
    expect(first).toMatchObject({ status: 409, code: 'refused_changed' });
    expect(await textOf(server, pieceId)).toBe('One two three.\n');
    // The answer has shown it to Olga, and to her alone.
    expect(await apply(id, olga!)).toEqual({ status: 204 });
    expect(await textOf(server, pieceId)).toBe('XXOne two three.\n');
  });

  test('what another owner was shown later does not count either', async () => {
    const id = await refuse((body) => body.delete(0, 4));
    await listFor(olga!);
    const writer = await joined(ann!);
    writer.body.insert(4, 'and ');
    await writer.allSaved();
    await listFor(otto!);
    expect(await apply(id, olga!)).toMatchObject({ status: 409, code: 'refused_changed' });
    expect(await apply(id, otto!)).toEqual({ status: 204 });
  });

  test('what would put the same words in the place of others is shown, though it reads the same', async () => {
    const id = await refuse((body) => {
      body.delete(4, 3);
      body.insert(4, 'two');
    });
    expect(await apply(id, olga!)).toMatchObject({ status: 409, code: 'refused_changed' });
    expect(await apply(id, olga!)).toEqual({ status: 204 });
  });
});

describe('A2 row 11: a refused edit goes in once', () => {
  /** Words of Bob's under Ann's clientID. */
  async function forged(): Promise<string> {
    const writer = await joined(ann!);
    writer.body.insert(0, 'Ann. ');
    await writer.allSaved();
    const forger = await joined(bob!);
    await docHolds(forger.doc, () => forger.body.toJSON().startsWith('Ann. '));
    const own = forger.doc.clientID;
    forger.doc.clientID = writer.doc.clientID;
    forger.body.insert(5, 'Bob. ');
    forger.doc.clientID = own;
    const { id } = await forger.event('refused');
    return id as string;
  }

  const once = 'Ann. Bob. One two three.\n';

  async function expectOnce(): Promise<void> {
    expect(await textOf(server, pieceId)).toBe(once);
    const letters = await lettersBy(server, pieceId);
    expect(letters.slice(0, 2)).toEqual([
      { userId: ann!.id, text: 'Ann. ' },
      { userId: bob!.id, text: 'Bob. ' },
    ]);
    expect(await listFor(olga!)).toEqual([]);
  }

  test('when the server fails between its commit and the row’s end, applying it again changes nothing', async () => {
    const id = await forged();
    const shown = (await listFor(olga!))[0]!.shown;
    const sql = postgres(server.databaseUrl, { max: 1, onnotice: () => undefined });
    onTestFinished(() => sql.end());
    await sql.unsafe(`
      create or replace function dies() returns trigger language plpgsql as $$
        begin raise exception 'the server has died'; end $$;
      create trigger dies before update of dismissed_at on refused_edits execute function dies()`);
    const failed = await apply(id, olga!, shown);
    await sql.unsafe('drop trigger dies on refused_edits');
    expect(failed.status).toBe(500);
    expect(await textOf(server, pieceId)).toBe(once);
    expect(await apply(id, olga!, shown)).toEqual({ status: 204 });
    await expectOnce();
  });

  test('names that were chosen for it, and came to nothing, are chosen anew', async () => {
    const id = await forged();
    const sql = postgres(server.databaseUrl, { max: 1 });
    onTestFinished(() => sql.end());
    await sql`
      update refused_edits
      set renamed = jsonb_build_array(jsonb_build_array(client_id, 0, 77)) where id = ${id}`;
    await listFor(olga!);
    expect(await apply(id, olga!)).toEqual({ status: 204 });
    await expectOnce();
  });

  test('when two owners apply it at the same time', async () => {
    const id = await forged();
    await Promise.all([listFor(olga!), listFor(otto!)]);
    const answers = await Promise.all([olga!, otto!].map((owner) => apply(id, owner)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404]);
    await expectOnce();
  });
});
