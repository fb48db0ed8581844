import * as encoding from 'lib0/encoding';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { encodePresence, encodeSync } from '../../shared/protocol/messages.ts';
import { encodePresenceEntry, joinPresence } from '../../shared/protocol/presence.ts';
import { connect, createPiece, docHolds, type StockClient } from '../support/clients.ts';
import { runSeed, seeded } from '../support/random.ts';
import { closeCodeOf, closedFor, openRaw } from '../support/raw-socket.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { adminToken } from '../support/server-process.ts';

let server: TestRunningServer;
let pieceId: string;
let ann: StockClient;
let bob: StockClient;
let disturbed = 0;

beforeAll(async () => {
  server = await startRunningServer();
  pieceId = await createPiece(server, { content: 'One.\n\nTwo.', format: 'text' });
  [ann, bob] = [connect(server, pieceId), connect(server, pieceId)];
  await Promise.all([ann.synced(), bob.synced()]);
  for (const client of [ann, bob]) client.provider.on('connection-close', () => disturbed++);
});

afterAll(async () => {
  ann.destroy();
  bob.destroy();
  await server.stop();
});

/** Ann writes and Bob reads it: the room works, and nobody in it was disconnected or saw junk. */
async function othersNoticeNothing(expected: string): Promise<void> {
  ann.body.insert(0, 'x');
  await docHolds(bob.doc, () => bob.body.toJSON() === `x${expected}`);
  bob.body.delete(0, 1);
  await docHolds(ann.doc, () => ann.body.toJSON() === expected);
  expect(disturbed).toBe(0);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
}

function foreignUpdate(): Uint8Array {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(ann.doc));
  const before = Y.encodeStateVector(doc);
  doc.getText('body').insert(2, 'junk ');
  doc.getText('body').delete(0, 2);
  return Y.encodeStateAsUpdate(doc, before);
}

describe('R3 a frame that cannot be decoded or applied costs its own connection', () => {
  test('frames cut at every byte: 4400, and the others notice nothing', async () => {
    const before = ann.body.toJSON();
    const update = foreignUpdate();
    const presence = joinPresence([encodePresenceEntry(77, 1, '{"cursor":null}')]);
    const frames = [
      encodeSync('update', update),
      encodeSync('step2', update),
      encodePresence(presence),
    ];
    const cuts = frames.flatMap((frame) =>
      Array.from({ length: frame.length }, (_, length) => frame.subarray(0, length)),
    );
    // The bytes of the update itself, cut within a frame that is whole.
    for (let length = 0; length < update.length; length++) {
      cuts.push(encodeSync('update', update.subarray(0, length)));
    }
    for (let from = 0; from < cuts.length; from += 20) {
      const some = cuts.slice(from, from + 20);
      const codes = await Promise.all(some.map((frame) => closedFor(server, pieceId, frame)));
      expect(codes).toEqual(some.map(() => 4400));
    }
    await othersNoticeNothing(before);
  });

  test('random bytes and wrong types: 4400', async () => {
    const before = ann.body.toJSON();
    const seed = runSeed();
    const random = seeded(seed);
    // From 4 upwards: what begins with a known type might be a message.
    const junk = Array.from({ length: 100 }, () =>
      Uint8Array.from(
        { length: 1 + random.int(300) },
        (_, i) => (i === 0 ? 4 : 0) + random.int(250),
      ),
    );
    const codes = await Promise.all(junk.map((frame) => closedFor(server, pieceId, frame)));
    expect(codes, `SEED=${seed}`).toEqual(junk.map(() => 4400));
    for (const frame of ['{"type":"hello"}', '', new Uint8Array(0), Uint8Array.of(0, 9, 0)]) {
      expect(await closedFor(server, pieceId, frame)).toBe(4400);
    }
    await othersNoticeNothing(before);
  });

  test('a presence state that is no JSON, or a novel: 4400', async () => {
    for (const json of ['{"user":', '"\\ud800', `"${'x'.repeat(100_000)}"`]) {
      const presence = joinPresence([encodePresenceEntry(78, 1, json)]);
      expect(await closedFor(server, pieceId, encodePresence(presence))).toBe(4400);
    }
  });

  test('an update that breaks off while it is applied: 4400, and the document is as it was', async () => {
    const before = ann.body.toJSON();
    for (const [what, update] of Object.entries(damagingUpdates())) {
      const copy = new Y.Doc();
      copy.getText('body');
      Y.applyUpdate(copy, Y.encodeStateAsUpdate(ann.doc));
      expect(() => Y.decodeUpdate(update), what).not.toThrow();
      expect(() => Y.applyUpdate(copy, update), what).toThrow();
      expect(await closedFor(server, pieceId, encodeSync('update', update)), what).toBe(4400);
      const newcomer = connect(server, pieceId);
      await newcomer.synced();
      expect(newcomer.body.toJSON(), what).toBe(before);
      newcomer.destroy();
    }
    await othersNoticeNothing(before);
  });
});

/** Updates that can be read, but break off when they are applied; found by changing bytes at random. */
function damagingUpdates(): Record<string, Uint8Array> {
  const [own, ben] = [7, ann.doc.clientID];
  return {
    'words behind themselves': beside(own, [own, 1], [ben, 1]),
    'words before themselves': beside(own, [ben, 0], [own, 1]),
    'a deletion of nothing that is not here yet': bytes([0, 1, ben, 1, 1_000, 0]),
  };
}

type Id = readonly [client: number, clock: number];

/** An update by which a client's first words stand between two others. */
function beside(client: number, left: Id, right: Id): Uint8Array {
  const textWithBothNeighbours = Uint8Array.of(0xc4);
  return bytes([1, 1, client, 0, textWithBothNeighbours, ...left, ...right, 'junk', 0]);
}

function bytes(parts: readonly (number | string | Uint8Array)[]): Uint8Array {
  return encoding.encode((encoder) => {
    for (const part of parts) {
      if (part instanceof Uint8Array) encoding.writeUint8Array(encoder, part);
      else if (typeof part === 'string') encoding.writeVarString(encoder, part);
      else encoding.writeVarUint(encoder, part);
    }
  });
}

test('a frame of 50 MB: 4413', async () => {
  const before = ann.body.toJSON();
  expect(await closedFor(server, pieceId, new Uint8Array(50_000_000))).toBe(4413);
  await othersNoticeNothing(before);
});

describe('who may not join is told why, with a code that says not to come back', () => {
  const unknown = '01890000-0000-7000-8000-000000000000';
  const cases: [string, () => string, string, number][] = [
    ['an unknown piece', () => unknown, `token=${adminToken}`, 4404],
    ['an id that is none', () => 'not-an-id', `token=${adminToken}`, 4404],
    ['no token', () => pieceId, '', 4401],
    ['a bad token', () => pieceId, 'token=cp_wrong', 4401],
    ['a schema of the past', () => pieceId, `token=${adminToken}&schema=1`, 4409],
    ['a schema of the future', () => pieceId, `token=${adminToken}&schema=99`, 4409],
    ['a schema that is no number', () => pieceId, `token=${adminToken}&schema=x`, 4409],
  ];
  test.each(cases)('%s', async (_name, id, query, code) => {
    expect(await closeCodeOf(await openRaw(server, id(), query))).toBe(code);
  });

  test('somebody who is not on the piece: 4403', async () => {
    const stranger = await makeUser('stranger@example.org');
    expect(await closeCodeOf(await openRaw(server, pieceId, `token=${stranger}`))).toBe(4403);
  });

  test('a stock client does not come back after such a code', async () => {
    const client = connect(server, pieceId, { token: 'cp_wrong' });
    expect(await client.closed()).toBe(4401);
    expect(client.provider.shouldConnect).toBe(false);
    client.destroy();
  });
});

async function makeUser(email: string): Promise<string> {
  const call = async (path: string, body: object) => {
    const answer = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as { id: string; token: string };
  };
  const user = await call('/api/users', { email, name: email });
  return (await call(`/api/users/${user.id}/tokens`, { name: 'test' })).token;
}
