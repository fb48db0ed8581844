import { afterEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { OverShare, Overloaded } from '../../server/collab/engine.ts';
import { Journal } from '../../server/collab/journal/journal.ts';
import { Member } from '../../server/collab/member.ts';
import type { StateWork } from '../../server/collab/ports.ts';
import type { Room } from '../../server/collab/room/room.ts';
import { Rooms } from '../../server/collab/rooms/rooms.ts';
import { workInProcess } from '../../server/states/in-process.ts';
import { noCrash } from '../support/open-pieces.ts';
import { silentLog } from '../support/silent-log.ts';
import { until } from '../support/until.ts';
import { neverHeld } from '../support/alone.ts';

/** A piece of some 50,000 bytes: it is cut on a thread. */
const long = stateOf('words '.repeat(8_400));
const short = stateOf('A few words.');

const open: Rooms[] = [];
afterEach(async () => {
  for (const rooms of open.splice(0)) await rooms.stop();
});

/** Pieces that are stored: those whose id begins with `long` are long. */
function makeRooms({ longPieces, work = workInProcess }: { longPieces: number; work?: StateWork }) {
  const seqs = new Map<string, number>();
  const journal = new Journal(
    {
      ...neverHeld,
      async append(entries) {
        const done = new Map<string, { last: number; rows: number }>();
        for (const { pieceId } of entries) {
          const last = (seqs.get(pieceId) ?? 1) + 1;
          seqs.set(pieceId, last);
          done.set(pieceId, { last, rows: (done.get(pieceId)?.rows ?? 0) + 1 });
        }
        return done;
      },
    },
    { maxPendingBytes: 1e9, gapMs: 0, log: silentLog, onPressure: () => undefined },
  );
  const summaries: Uint8Array[] = [];
  const stateOfPiece = (pieceId: string) => (pieceId.startsWith('long') ? long : short);
  const rooms: Rooms = new Rooms({
    journal,
    store: {
      load: async (pieceId) => ({
        ...{ snapshot: { seq: 1, state: stateOfPiece(pieceId) }, tail: [] },
        ...{ clientIds: new Map<number, string | null>(), locked: false },
      }),
      sizeOf: async (pieceId) => stateOfPiece(pieceId).length,
      rowsAfter: async () => [],
      saveSnapshot: async () => undefined,
    },
    openPieces: noCrash(),
    reader: { holds: async (_pieceId, asked) => asked.map(() => 'held' as const) },
    refused: { find: async () => null, keep: async () => null, forget: async () => undefined },
    ...{ maxRefusedBytes: 1e6, maxPieceBytes: 1e6, maxOpenBytes: longPieces * long.length },
    ...{ work, log: silentLog, idleMs: 60_000, snapshotEvery: 500 },
    onChanged: async (pieceId) => void summaries.push(await rooms.state(pieceId, null)),
  });
  open.push(rooms);
  return rooms;
}

let order = 0;

/** Somebody in a room; tells the code that they were closed with. */
function join(
  room: Room,
  id: string,
  onClosed = () => {},
): { leave: () => void; code: () => number | null } {
  let closed: number | null = null;
  const wire = {
    ...{ write() {}, pause() {}, resume() {}, hold() {} },
    close(code: number) {
      closed = code;
      room.leave(member);
      onClosed();
    },
  };
  const member: Member = new Member(wire, {
    person: { id, name: id, color: '' },
    credential: { kind: 'token', id, expiresAt: null, readOnly: false },
    ...{ role: 'writer', order: ++order, ext: true },
  });
  room.join(member);
  return { leave: () => room.leave(member), code: () => closed };
}

/** What became of the opening of so many long pieces, and who is in those that were opened. */
async function openMany(rooms: Rooms, person: string, count: number) {
  const joined: ReturnType<typeof join>[] = [];
  const refused: unknown[] = [];
  let bytes = 0;
  for (let n = 0; n < count; n++) {
    try {
      const room = await rooms.open(`long-${person}-${n}`, person);
      joined.push(join(room, person));
      bytes += room.bytes;
    } catch (err) {
      refused.push(err);
    }
  }
  return { joined, refused, bytes };
}

describe('B2 what is open takes up a bounded number of bytes', () => {
  test('of 15 long pieces one person has open what there is room for, and a stranger opens theirs', async () => {
    const rooms = makeRooms({ longPieces: 6 });
    const { joined, refused, bytes } = await openMany(rooms, 'heavy', 15);
    expect([joined.length, refused.length]).toEqual([6, 9]);
    expect(bytes).toBeLessThanOrEqual(6 * long.length);
    expect(refused.every((err) => err instanceof OverShare)).toBe(true);
    const stranger = join(await rooms.open('long-of-a-stranger', 'stranger'), 'stranger');
    expect(joined.filter(({ code }) => code() === 1013)).toHaveLength(1);
    expect(rooms.size).toBe(6);
    const again = rooms.open('long-heavy-15', 'heavy');
    await expect(again).rejects.toBeInstanceOf(OverShare);
    expect(stranger.code()).toBeNull();
  });

  test('it is shared fairly: whoever comes gets as much as whoever has the most', async () => {
    const rooms = makeRooms({ longPieces: 12 });
    const people = ['ann', 'bob', 'eve'];
    const all: Awaited<ReturnType<typeof openMany>>[] = [];
    for (const person of people) all.push(await openMany(rooms, person, 15));
    const stay = all.map(({ joined }) => joined.filter(({ code }) => code() === null).length);
    expect(stay).toEqual([4, 4, 4]);
  });

  test('openings that come at the same time are counted too', async () => {
    const rooms = makeRooms({ longPieces: 6 });
    const all = Array.from({ length: 15 }, (_, n) => rooms.open(`long-${n}`, 'heavy'));
    await Promise.allSettled(all);
    expect(rooms.size).toBeLessThanOrEqual(6);
  });

  test('who reads 15 long pieces one after the other gets all of them: idle ones go', async () => {
    const rooms = makeRooms({ longPieces: 6 });
    for (let n = 0; n < 15; n++) {
      expect(await rooms.state(`long-${n}`, 'heavy')).toHaveLength(long.length);
      expect(rooms.size).toBeLessThanOrEqual(6);
    }
  });

  test('who has no room for another piece joins what others have open', async () => {
    const rooms = makeRooms({ longPieces: 6 });
    join(await rooms.open('long-of-a-friend', 'friend'), 'friend');
    const { refused } = await openMany(rooms, 'heavy', 15);
    expect(refused.length).toBeGreaterThan(0);
    await rooms.open('long-of-a-friend', 'heavy');
  });

  test('a piece in which others are costs each their part of it', async () => {
    const rooms = makeRooms({ longPieces: 6 });
    const shared = await openMany(rooms, 'ann', 3);
    for (let n = 0; n < 3; n++) join(await rooms.open(`long-ann-${n}`, 'bob'), 'bob');
    const own = await openMany(rooms, 'eve', 3);
    // Eve holds three, Ann and Bob one and a half each: it is Eve who makes room.
    join(await rooms.open('long-next', 'next'), 'next');
    expect(shared.joined.map(({ code }) => code())).toEqual([null, null, null]);
    expect(own.joined.filter(({ code }) => code() === 1013)).toHaveLength(1);
  });

  test('who is closed and comes back at once does not keep it open: it goes first', async () => {
    const rooms = makeRooms({ longPieces: 2 });
    const back: Promise<unknown>[] = [];
    for (const n of [0, 1]) {
      const comesBack = async () => join(await rooms.open(`long-${n}`, 'heavy'), 'heavy');
      const closed = () => void back.push(comesBack().catch((err: unknown) => err));
      join(await rooms.open(`long-${n}`, 'heavy'), 'heavy', closed);
    }
    const room = await rooms.open('long-of-a-stranger', 'stranger');
    join(room, 'stranger');
    expect(await Promise.all(back)).toEqual([expect.any(OverShare)]);
  });

  test('an opening that is too much for who began it is made for whoever waits for it too', async () => {
    const rooms = makeRooms({ longPieces: 6 });
    await openMany(rooms, 'heavy', 15);
    const both = [rooms.open('long-shared', 'heavy'), rooms.open('long-shared', 'stranger')];
    const opened = await Promise.all(both);
    expect(opened.map(({ pieceId }) => pieceId)).toEqual(['long-shared', 'long-shared']);
  });

  test('where nobody has more than whoever comes it is 1013, and not a full heap', async () => {
    const rooms = makeRooms({ longPieces: 3 });
    for (const one of ['ann', 'bob', 'eve']) join(await rooms.open(`long-${one}`, one), one);
    const refused = await rooms.open('long-next', 'next').catch((err: unknown) => err);
    expect(refused).toBeInstanceOf(Overloaded);
    expect(refused).not.toBeInstanceOf(OverShare);
    expect(rooms.size).toBe(3);
    join(await rooms.open('short', 'next'), 'next');
  });

  test('what was written in goes as well, once its summary and its snapshot are stored', async () => {
    const rooms = makeRooms({ longPieces: 2 });
    for (const n of [0, 1]) {
      await rooms.edit(`long-${n}`, 'ann', (doc) => grow(doc, 10));
    }
    const stranger = await rooms.open('long-of-a-stranger', 'stranger');
    expect([stranger.bytes, rooms.size]).toEqual([long.length, 1]);
  });

  test('what grows too large while it is open is closed with 1013: of whoever has the most', async () => {
    const rooms = makeRooms({ longPieces: 6 });
    const stranger = join(await rooms.open('long-of-a-stranger', 'stranger'), 'stranger');
    const heavy: ReturnType<typeof join>[] = [];
    for (const n of [1, 2, 3]) {
      const room = await rooms.open(`short-${n}`, 'heavy');
      heavy.push(join(room, 'heavy'));
      await room.edits.edit(null, (doc) => grow(doc, 2.4 * long.length));
    }
    await until('somebody is closed', () => heavy.some(({ code }) => code() !== null));
    expect(heavy.filter(({ code }) => code() === 1013)).toHaveLength(1);
    expect(stranger.code()).toBeNull();
    await until('it is let go', () => rooms.size === 3);
  });
});

describe('B2 who else waits for an opening is known to the threads', () => {
  test('a piece that several open at a time is read for whoever of them has had least', async () => {
    const asked: unknown[] = [];
    let begin = () => {};
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const rooms = makeRooms({
      longPieces: 6,
      work: {
        ...workInProcess,
        async cut(update, known, askers) {
          begin();
          await late;
          asked.push([...askers]);
          return workInProcess.cut(update, known, askers);
        },
      },
    });
    let go = () => {};
    const late = new Promise<void>((resolve) => (go = resolve));
    const first = rooms.open('long', 'heavy');
    await begun;
    const second = rooms.open('long', 'stranger');
    go();
    await Promise.all([first, second]);
    expect(asked).toEqual([['heavy', 'stranger']]);
  });
});

function grow(doc: Y.Doc, bytes: number): void {
  doc.getText('body').insert(0, 'x'.repeat(bytes));
}

function stateOf(text: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('body').insert(0, text);
  return Y.encodeStateAsUpdate(doc);
}
