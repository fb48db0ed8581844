import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { Journal } from '../../server/collab/journal/journal.ts';
import { Member } from '../../server/collab/member.ts';
import type { JournalEntry, RefusedKey, StoredPiece } from '../../server/collab/ports.ts';
import { Rooms } from '../../server/collab/rooms/rooms.ts';
import { workInProcess } from '../../server/states/in-process.ts';
import { messageType } from '../../shared/protocol/messages.ts';
import { encodePresenceEntry, joinPresence } from '../../shared/protocol/presence.ts';
import { payloads } from '../durability/simulated-client.ts';
import { noCrash } from '../support/open-pieces.ts';
import { silentLog } from '../support/silent-log.ts';
import { until } from '../support/until.ts';
import { neverHeld } from '../support/alone.ts';

let order = 0;

/** One room on a journal that is a list, opened from what is stored. */
async function openRoom(stored: Partial<StoredPiece> = {}) {
  const rows: JournalEntry[] = [];
  const refused: (RefusedKey & { added: string })[] = [];
  const forgotten: RefusedKey[] = [];
  const journal = new Journal(
    {
      ...neverHeld,
      async append(entries) {
        rows.push(...entries);
        return new Map([['piece', { last: rows.length, rows: entries.length }]]);
      },
    },
    { maxPendingBytes: 1e6, gapMs: 0, log: silentLog, onPressure: () => undefined },
  );
  const rooms = new Rooms({
    journal,
    store: {
      load: async () => ({
        ...{ snapshot: null, tail: [], clientIds: new Map(), locked: false },
        ...stored,
      }),
      sizeOf: async () => 0,
      rowsAfter: async () => [],
      saveSnapshot: async () => undefined,
    },
    openPieces: noCrash(),
    reader: { holds: async (_pieceId, asked) => asked.map(() => 'held' as const) },
    refused: {
      find: async () => null,
      async keep(edit) {
        refused.push(edit);
        return `r-${refused.length}`;
      },
      async forget(key) {
        forgotten.push(key);
      },
    },
    ...{ maxRefusedBytes: 1e6, maxPieceBytes: 1e8, work: workInProcess, log: silentLog },
    ...{ idleMs: 60_000, snapshotEvery: 500 },
    onChanged: async () => undefined,
  });
  const room = await rooms.open('piece', null);
  const counts = new Map<Member, () => number>();
  /** How many messages of somebody are called saved: few enough for a byte. */
  const saved = (member: Member) => counts.get(member)!();
  const join = (id: string) => {
    let count = 0;
    const write = (frames: Buffer) => {
      for (const message of payloads(frames)) {
        if (message[0] === messageType.saved) count = message[1]!;
      }
    };
    const wire = { write, close() {}, pause() {}, resume() {}, hold() {} };
    const member = new Member(wire, {
      person: { id, name: id, color: '#123456' },
      credential: { kind: 'token', id: `t-${id}`, expiresAt: null, readOnly: false },
      ...{ role: 'writer' as const, order: ++order, ext: true },
    });
    room.join(member);
    counts.set(member, () => count);
    return member;
  };
  const bound = () => rows.flatMap((row) => row.bound ?? []);
  return { room, journal, join, rows, refused, forgotten, bound, saved };
}

/** A client's document, with the clientID and the state that it starts from. */
function clientDoc(clientID: number, from?: Y.Doc): Y.Doc {
  const doc = new Y.Doc();
  if (from) Y.applyUpdate(doc, Y.encodeStateAsUpdate(from));
  // After that: a document that meets its own clientID takes another.
  doc.clientID = clientID;
  return doc;
}

function written(doc: Y.Doc, text: string, at = 0): Uint8Array {
  const before = Y.encodeStateVector(doc);
  doc.getText('body').insert(at, text);
  return Y.encodeStateAsUpdate(doc, before);
}

describe('P2 a clientID belongs to the first user who wrote with it', () => {
  test('it is stored with the first words, once, and goes along with reconnections', async () => {
    const { room, join, journal, bound } = await openRoom();
    const [ann, again] = [join('ann'), join('ann')];
    const doc = clientDoc(7);
    room.receive(ann, { type: 'update', update: written(doc, 'a') });
    room.receive(ann, { type: 'update', update: written(doc, 'b') });
    room.receive(again, { type: 'update', update: written(doc, 'c') });
    await journal.flushed();
    expect(room.doc.getText('body').toJSON()).toBe('cba');
    expect(bound()).toEqual([{ clientId: 7, userId: 'ann' }]);
  });

  test("writing with another's is refused and kept, one's own part of the update is taken", async () => {
    const { room, join, refused } = await openRoom();
    const [ann, bob] = [join('ann'), join('bob')];
    const doc = clientDoc(7);
    room.receive(ann, { type: 'update', update: written(doc, 'Ann. ') });
    const forger = clientDoc(7, doc);
    const forged = written(forger, 'I resign. ');
    room.receive(bob, { type: 'update', update: forged });
    expect(room.doc.getText('body').toJSON()).toBe('Ann. ');
    const own = clientDoc(8, doc);
    const mixed = Y.mergeUpdates([forged, written(own, 'Bob. ', 5)]);
    room.receive(bob, { type: 'step2', update: mixed });
    expect(room.doc.getText('body').toJSON()).toBe('Ann. Bob. ');
    await until('the forged words are kept', () => refused.length > 0);
    expect(refused[0]).toMatchObject({
      ...{ author: 'bob', clientId: 7, reason: 'not_your_client_id', added: 'I resign. ' },
    });
    room.receive(ann, { type: 'update', update: written(doc, 'Still Ann. ') });
    expect(room.doc.getText('body').toJSON()).toBe('Still Ann. Ann. Bob. ');
  });

  test("who passes on all that they have forges nothing: others' words are known", async () => {
    const { room, join, journal, rows, refused } = await openRoom();
    const [ann, bob] = [join('ann'), join('bob')];
    const doc = clientDoc(7);
    room.receive(ann, { type: 'update', update: written(doc, 'Ann. ') });
    const own = clientDoc(8, doc);
    written(own, 'Bob. ');
    room.receive(bob, { type: 'step2', update: Y.encodeStateAsUpdate(own) });
    await journal.flushed();
    expect(room.doc.getText('body').toJSON()).toBe('Bob. Ann. ');
    expect(rows.map((row) => row.author)).toEqual(['ann', 'bob']);
    expect(refused).toEqual([]);
  });

  test('a cursor goes by it too: neither can be taken from who has yet to write', async () => {
    const { room, join, refused } = await openRoom({ clientIds: new Map([[9, 'cy']]) });
    const [ann, bob] = [join('ann'), join('bob')];
    room.receive(ann, presence(7));
    room.receive(bob, { type: 'update', update: written(clientDoc(7), 'As Ann. ') });
    room.receive(bob, { type: 'update', update: written(clientDoc(9), 'As Cy, who is away. ') });
    room.receive(bob, presence(9));
    expect(room.doc.getText('body').toJSON()).toBe('');
    await until('both are kept', () => refused.length === 2);
    room.receive(ann, { type: 'update', update: written(clientDoc(7), 'Ann. ') });
    expect(room.doc.getText('body').toJSON()).toBe('Ann. ');
  });

  test('the server writes with a clientID of its own, for whomever, and nobody else with that', async () => {
    const { room, join, rows, bound } = await openRoom();
    const bob = join('bob');
    await room.edits.edit('ann', (doc) => doc.getText('body').insert(0, 'Restored. '));
    const { clientID } = room.doc;
    expect(rows.map(({ author }) => author)).toEqual(['ann']);
    expect(bound()).toEqual([{ clientId: clientID, userId: null }]);
    const forger = clientDoc(clientID, room.doc);
    room.receive(bob, { type: 'update', update: written(forger, 'x') });
    expect(room.doc.getText('body').toJSON()).toBe('Restored. ');
  });
});

describe('P2 words that a crash took from the server', () => {
  /** Ann's words up to the crash: the server has the first of them, and Bob has all. */
  function afterCrash() {
    const ann = clientDoc(7);
    const saved = written(ann, 'Saved. ');
    written(ann, 'Lost. ', 7);
    const bob = clientDoc(8, ann);
    written(bob, 'Bob on top. ', 13);
    const stored = {
      tail: [{ seq: 1, author: 'ann', at: new Date(), update: saved }],
      clientIds: new Map([[7, 'ann']]),
    };
    return { ann, bob, stored };
  }

  test('are kept when another brings them, and are there when their author does, in nobody else’s name', async () => {
    const { ann, bob, stored } = afterCrash();
    const { room, join, journal, rows, refused, forgotten, saved } = await openRoom(stored);
    const update = Y.encodeStateAsUpdate(bob, Y.encodeStateVector(room.doc));
    const bobJoined = join('bob');
    room.receive(bobJoined, presence(8));
    room.receive(bobJoined, { type: 'step2', update });
    await journal.flushed();
    // What he wrote on top is journalled, and waits.
    expect(room.doc.getText('body').toJSON()).toBe('Saved. ');
    expect([rows.map(({ author }) => author), saved(bobJoined)]).toEqual([['bob'], 0]);
    await room.refusals.flushed();
    expect(refused).toMatchObject([{ author: 'bob', reason: 'unconfirmed', added: 'Lost. ' }]);
    const rest = Y.encodeStateAsUpdate(ann, Y.encodeStateVector(room.doc));
    room.receive(join('ann'), { type: 'step2', update: rest });
    await journal.flushed();
    expect(room.doc.getText('body').toJSON()).toBe('Saved. Lost. Bob on top. ');
    expect([rows.map(({ author }) => author), saved(bobJoined)]).toEqual([['bob', 'ann'], 1]);
    await room.refusals.flushed();
    expect(forgotten).toMatchObject([{ author: 'bob', reason: 'unconfirmed' }]);
  });

  test('are not stored at all where their author brings them at once', async () => {
    const { ann, bob, stored } = afterCrash();
    const { room, join, refused } = await openRoom(stored);
    const state = Y.encodeStateVector(room.doc);
    for (const [id, doc] of [
      ['bob', bob],
      ['ann', ann],
    ] as const) {
      room.receive(join(id), { type: 'step2', update: Y.encodeStateAsUpdate(doc, state) });
    }
    await room.refusals.flushed();
    expect(room.doc.getText('body').toJSON()).toBe('Saved. Lost. Bob on top. ');
    expect(refused).toEqual([]);
  });

  test('stay kept where their author brings others: they were never theirs', async () => {
    const { ann, stored } = afterCrash();
    const { room, join, refused, forgotten } = await openRoom(stored);
    const forger = clientDoc(7, room.doc);
    const forged = written(forger, 'I resign. ', 7);
    room.receive(join('bob'), { type: 'step2', update: forged });
    const update = Y.encodeStateAsUpdate(ann, Y.encodeStateVector(room.doc));
    room.receive(join('ann'), { type: 'step2', update });
    written(ann, 'And on. ', 13);
    const more = Y.encodeStateAsUpdate(ann, Y.encodeStateVector(room.doc));
    room.receive(join('ann'), { type: 'update', update: more });
    await room.refusals.flushed();
    expect(room.doc.getText('body').toJSON()).toBe('Saved. Lost. And on. ');
    expect(refused).toMatchObject([{ author: 'bob', added: 'I resign. ' }]);
    expect(forgotten).toEqual([]);
  });

  test('D2 are called saved when what they build on is there, too', async () => {
    const { ann, stored } = afterCrash();
    const { room, join, journal, saved } = await openRoom(stored);
    // He has the end of what was lost, and words of his own that stand without it.
    const own = clientDoc(9, room.doc);
    const mine = written(own, 'Bob. ');
    const end = Y.encodeStateAsUpdate(ann, Y.encodeStateVector(new Map([[7, 9]])));
    const bobJoined = join('bob');
    room.receive(bobJoined, { type: 'step2', update: Y.mergeUpdates([end, mine]) });
    await journal.flushed();
    expect([room.doc.getText('body').toJSON(), saved(bobJoined)]).toEqual(['Bob. Saved. ', 0]);
    const rest = Y.encodeStateAsUpdate(ann, Y.encodeStateVector(room.doc));
    room.receive(join('ann'), { type: 'step2', update: rest });
    await journal.flushed();
    expect(room.doc.getText('body').toJSON()).toContain('Lost. ');
    expect(saved(bobJoined)).toBe(1);
  });

  test('in a clientID that nobody knows belong to whoever goes on with it', async () => {
    const { stored, ann } = afterCrash();
    const { room, join, refused } = await openRoom({ ...stored, clientIds: new Map() });
    room.receive(join('bob'), { type: 'step2', update: Y.encodeStateAsUpdate(ann) });
    room.receive(join('ann'), { type: 'update', update: written(ann, 'Ann goes on. ') });
    expect(room.doc.getText('body').toJSON()).toBe('Ann goes on. Saved. Lost. ');
    expect(refused).toEqual([]);
  });

  test('even if the very first words were lost, and no crash is known of, nobody else gets them', async () => {
    const ann = clientDoc(7);
    written(ann, 'Lost. ');
    const { room, join, refused, bound, journal, rows } = await openRoom();
    room.receive(join('bob'), { type: 'step2', update: Y.encodeStateAsUpdate(ann) });
    const back = join('ann');
    room.receive(back, presence(7));
    room.receive(back, { type: 'step2', update: Y.encodeStateAsUpdate(ann) });
    room.receive(back, { type: 'update', update: written(ann, 'Ann goes on. ') });
    await journal.flushed();
    expect(room.doc.getText('body').toJSON()).toBe('Ann goes on. Lost. ');
    expect(refused).toEqual([]);
    // A2 Nor does Ann get what another sent under it: the journal says who sent what, and goes on to.
    expect(bound()).toEqual([]);
    expect(rows.map(({ author }) => author)).toEqual(['bob', 'ann']);
    room.receive(join('bob'), { type: 'update', update: written(clientDoc(7, ann), 'x') });
    expect(room.doc.getText('body').toJSON()).toBe('Ann goes on. Lost. ');
  });

  test('are refused, and kept, where there was no crash, or they come as fresh typing', async () => {
    const { ann, stored } = afterCrash();
    const saved = stored.tail[0]!.update;
    const snapshot = { seq: 1, state: saved };
    const calm = await openRoom({ snapshot, clientIds: stored.clientIds });
    const update = Y.encodeStateAsUpdate(ann);
    calm.room.receive(calm.join('bob'), { type: 'step2', update });
    const crashed = await openRoom(stored);
    crashed.room.receive(crashed.join('bob'), { type: 'update', update });
    for (const { room, refused } of [calm, crashed]) {
      expect(room.doc.getText('body').toJSON()).toBe('Saved. ');
      await until('it is kept', () => refused.length === 1);
      expect(refused[0]!.added).toBe('Lost. ');
    }
  });
});

function presence(clientId: number) {
  const bytes = joinPresence([encodePresenceEntry(clientId, 1, '{"cursor":1}')]);
  return { type: 'presence', presence: bytes } as const;
}
