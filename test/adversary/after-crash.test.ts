import { expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import { connect } from '../../server/db/connect.ts';
import { openDesk, type Desk } from '../durability/desk.ts';
import {
  applyRefused,
  connectListening,
  lettersBy,
  refusedOf,
  textOf,
} from '../engine/people-in-room.ts';
import { createPiece, docHolds, type SavedClient } from '../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../support/people.ts';
import { startOwnPostgres } from '../support/postgres.ts';
import { silentLog } from '../support/silent-log.ts';
import { until } from '../support/until.ts';
import { expectVerified } from './goes-on.ts';

/** A piece that two people have open. */
interface Room {
  readonly pieceId: string;
  readonly writer: SavedClient;
  readonly other: SavedClient;
}

async function open(desk: Desk, people: readonly TestPerson[]): Promise<Room> {
  const pieceId = await createPiece(desk, { content: 'Text.', format: 'text' });
  const clients: SavedClient[] = [];
  for (const person of people) {
    await addMember(desk, pieceId, person, 'writer');
    const client = connectListening(desk, pieceId, { token: person.token, doc: new Y.Doc() });
    onTestFinished(() => client.destroy());
    clients.push(client);
    await client.synced();
  }
  return { pieceId, writer: clients[0]!, other: clients[1]! };
}

const looksSeldom = [15_000, 50] as const;

test(
  'A2 P2 row 12: after a kill -9, what is brought under another’s clientID waits, and is in the name of who brought it once an owner confirms it; first words that a hanging database and a kill -9 took are nobody’s when another passes them on, also after a second crash',
  { timeout: 180_000 },
  async () => {
    const postgres = await startOwnPostgres();
    onTestFinished(() => postgres.remove());
    const desk = await openDesk({ DATABASE_URL: postgres.serverUrl });
    const people = [await createPerson(desk, 'Ann'), await createPerson(desk, 'Bob')];
    const forged = await open(desk, people);
    forged.writer.body.insert(0, 'Saved. ');
    await forged.writer.allSaved();
    await docHolds(forged.other.doc, () => forged.other.body.toJSON().startsWith('Saved. '));
    for (const client of [forged.writer, forged.other]) client.provider.disconnect();

    // All that is in the journal is in the snapshot: no row behind it tells of a crash.
    const lost = await open(desk, people);
    await postgres.pause();
    lost.writer.body.insert(0, 'Lost. ');
    await docHolds(lost.other.doc, () => lost.other.body.toJSON().startsWith('Lost. '));
    lost.writer.destroy();
    lost.other.provider.disconnect();
    await desk.kill9();
    // What is on its way to the database dies with it.
    await postgres.kill9();
    await postgres.restart();
    await desk.start();
    await expectConfirmed(desk, forged, people);
    // The second crash comes before anybody is back who has the words.
    expect(await textOf(desk, lost.pieceId)).toBe('Text.\n');
    await desk.kill9();
    await desk.start();
    await expectNobodys(desk, lost, people);
    expect(await desk.terminate()).toBe(0);
    const sql = connect(postgres.url, { log: silentLog, name: 'test' });
    for (const { pieceId } of [forged, lost]) await expectVerified(sql, pieceId);
    await sql.end();
  },
);

/** The other one comes back with words under the clientID of the writer, who is away. */
async function expectConfirmed(
  desk: Desk,
  { pieceId, writer, other: forger }: Room,
  [ann, bob]: readonly TestPerson[],
): Promise<void> {
  const own = forger.doc.clientID;
  forger.doc.clientID = writer.doc.clientID;
  forger.body.insert(7, 'I resign. ');
  forger.doc.clientID = own;
  forger.body.insert(17, 'So he said. ');
  forger.provider.connect();
  const kept = async () => (await refusedOf(desk, pieceId))[0];
  const row = await until('it is kept', kept, ...looksSeldom);
  expect(row).toMatchObject({ author: { id: bob!.id }, reason: 'unconfirmed' });
  expect(await textOf(desk, pieceId)).toBe('Saved. Text.\n');

  expect(await applyRefused(desk, row.id, row.shown)).toEqual({ status: 204 });
  const text = 'Saved. I resign. So he said. Text.\n';
  const isThere = async () =>
    forger.body.toJSON() === text && (await textOf(desk, pieceId)) === text;
  await until('it is there once, for all', isThere, ...looksSeldom);
  expect(await lettersBy(desk, pieceId)).toMatchObject([
    { userId: ann!.id, text: 'Saved. ' },
    { userId: bob!.id, text: 'I resign. So he said. ' },
    {},
  ]);
  expect(await refusedOf(desk, pieceId)).toEqual([]);
}

/** The other one comes back with the words that were lost, and own words behind them. */
async function expectNobodys(
  desk: Desk,
  { pieceId, other }: Room,
  [, bob]: readonly TestPerson[],
): Promise<void> {
  other.body.insert(6, 'Bob. ');
  other.provider.connect();
  const areThere = async () => (await textOf(desk, pieceId)) === 'Lost. Bob. Text.\n';
  await until('they are there', areThere, ...looksSeldom);
  await other.allSaved();
  expect((await lettersBy(desk, pieceId)).slice(0, 2)).toEqual([
    { userId: null, text: 'Lost. ' },
    { userId: bob!.id, text: 'Bob. ' },
  ]);
  expect(await refusedOf(desk, pieceId)).toEqual([]);
}
