import { expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import { expectVerified, newFolder, openDesk } from '../durability/desk.ts';
import {
  applyRefused,
  connectListening,
  lettersBy,
  refusedOf,
  textOf,
} from '../engine/people-in-room.ts';
import { createPiece, docHolds } from '../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../support/people.ts';
import { startOwnPostgres } from '../support/postgres.ts';
import { until } from '../support/until.ts';

test(
  'A2 P2 row 12: after a kill -9, what is brought under another’s clientID waits, and is in the name of who brought it once an owner confirms it',
  { timeout: 120_000 },
  async () => {
    const desk = await openDesk({ DATA_DIR: await newFolder() });
    const pieceId = await createPiece(desk, { content: 'Text.', format: 'text' });
    const [ann, bob] = [await createPerson(desk, 'Ann'), await createPerson(desk, 'Bob')];
    for (const person of [ann, bob]) await addMember(desk, pieceId, person, 'writer');
    const join = (person: TestPerson, doc = new Y.Doc()) => {
      const client = connectListening(desk, pieceId, { token: person.token, doc });
      onTestFinished(() => client.destroy());
      return client;
    };
    const writer = join(ann);
    await writer.synced();
    writer.body.insert(0, 'Saved. ');
    await writer.allSaved();
    const forger = join(bob);
    await docHolds(forger.doc, () => forger.body.toJSON().startsWith('Saved. '));
    for (const client of [writer, forger]) client.provider.disconnect();
    await desk.kill9();
    await desk.start();

    const own = forger.doc.clientID;
    forger.doc.clientID = writer.doc.clientID;
    forger.body.insert(7, 'I resign. ');
    forger.doc.clientID = own;
    forger.body.insert(17, 'So he said. ');
    forger.provider.connect();
    const row = await until('it is kept', async () => (await refusedOf(desk, pieceId))[0]);
    expect(row).toMatchObject({ author: { id: bob.id }, reason: 'unconfirmed' });
    expect(await textOf(desk, pieceId)).toBe('Saved. Text.\n');

    expect(await applyRefused(desk, row.id, row.shown)).toEqual({ status: 204 });
    const text = 'Saved. I resign. So he said. Text.\n';
    await until('it is there once, for all', async () => {
      const seen = await textOf(desk, pieceId);
      return seen === text && forger.body.toJSON() === text;
    });
    expect(await lettersBy(desk, pieceId)).toMatchObject([
      { userId: ann.id, text: 'Saved. ' },
      { userId: bob.id, text: 'I resign. So he said. ' },
      {},
    ]);
    expect(await refusedOf(desk, pieceId)).toEqual([]);
    expect(await desk.terminate()).toBe(0);
    await expectVerified(desk.env);
  },
);

test(
  'A2 P2 row 12: first words that a hanging database and a kill -9 took are nobody’s when another passes them on, also after a second crash',
  { timeout: 180_000 },
  async () => {
    const postgres = await startOwnPostgres();
    onTestFinished(() => postgres.remove());
    const desk = await openDesk({ DATABASE_URL: postgres.serverUrl });
    const pieceId = await createPiece(desk, { content: 'Text.', format: 'text' });
    const [ann, bob] = [await createPerson(desk, 'Ann'), await createPerson(desk, 'Bob')];
    for (const person of [ann, bob]) await addMember(desk, pieceId, person, 'writer');
    const join = (person: TestPerson, doc = new Y.Doc()) => {
      const client = connectListening(desk, pieceId, { token: person.token, doc });
      onTestFinished(() => client.destroy());
      return client;
    };
    // All that is in the journal is in the snapshot: no row behind it tells of a crash.
    const [writer, other] = [join(ann), join(bob)];
    await Promise.all([writer.synced(), other.synced()]);
    await postgres.pause();
    writer.body.insert(0, 'Lost. ');
    await docHolds(other.doc, () => other.body.toJSON().startsWith('Lost. '));
    writer.destroy();
    other.provider.disconnect();
    await desk.kill9();
    // What is on its way to the database dies with it.
    await postgres.kill9();
    await postgres.restart();
    await desk.start();
    // The second crash comes before anybody is back who has the words.
    expect(await textOf(desk, pieceId)).toBe('Text.\n');
    await desk.kill9();
    await desk.start();

    other.body.insert(6, 'Bob. ');
    other.provider.connect();
    await until('they are there', async () => {
      return (await textOf(desk, pieceId)) === 'Lost. Bob. Text.\n';
    });
    await other.allSaved();
    expect((await lettersBy(desk, pieceId)).slice(0, 2)).toEqual([
      { userId: null, text: 'Lost. ' },
      { userId: bob.id, text: 'Bob. ' },
    ]);
    expect(await refusedOf(desk, pieceId)).toEqual([]);
    expect(await desk.terminate()).toBe(0);
    await expectVerified(desk.env);
  },
);
