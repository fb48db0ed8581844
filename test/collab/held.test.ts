import * as Y from 'yjs';
import { expect, onTestFinished, test } from 'vitest';
import { EditWatch } from '../../server/content/edit-watch.ts';
import { Journal } from '../../server/collab/journal/journal.ts';
import { RoomPause } from '../../server/collab/room/room-pause.ts';
import type { JournalRow, StateWork } from '../../server/collab/ports.ts';
import { alone, type Servers } from '../../server/collab/replication/servers.ts';
import { Rooms } from '../../server/collab/rooms/rooms.ts';
import { workInProcess } from '../../server/states/in-process.ts';
import { newDocument } from '../../shared/document/index.ts';
import { noCrash } from '../support/open-pieces.ts';
import { silentLog } from '../support/silent-log.ts';

const [piece, ann] = ['piece', '01a22e92-0000-7000-8000-000000000001'];

/** Rooms on a journal in memory, whose held commits may lose their answers, beside another server or not. */
class Desk {
  hasOthers = false;
  losesAnswers = false;
  readonly asked: ('append' | 'appendHeld')[] = [];
  readonly rows: JournalRow[] = [];
  readonly rooms: Rooms;
  readonly #watch: EditWatch;

  constructor(work: (rooms: () => Rooms, desk: Desk) => StateWork = () => workInProcess) {
    const put = (row: Omit<JournalRow, 'seq'>) =>
      this.rows.push({ ...row, seq: this.rows.length + 1 });
    const journal = new Journal(
      {
        append: async (entries) => {
          this.asked.push('append');
          entries.forEach(put);
          return new Map([[piece, { last: this.rows.length, rows: entries.length }]]);
        },
        appendHeld: async (_piece, make) => {
          this.asked.push('appendHeld');
          const made = await make(this.rows.length);
          if (made === null) return 'nothing';
          put(made);
          if (this.losesAnswers) throw new Error('The connection was closed');
          return 'appended';
        },
      },
      { maxPendingBytes: 1e6, gapMs: 0, log: silentLog, onPressure: () => undefined },
    );
    const servers: Servers = {
      ...alone,
      headsOf: async () => new Map([[piece, this.rows.length]]),
    };
    Object.defineProperty(servers, 'hasOthers', { get: () => this.hasOthers });
    this.rooms = new Rooms({
      ...{ journal, servers, openPieces: noCrash(), log: silentLog },
      store: {
        load: async () => ({ snapshot: null, tail: [], clientIds: new Map(), locked: false }),
        sizeOf: async () => 0,
        rowsAfter: async (_piece, after) => this.rows.slice(after),
        saveSnapshot: async () => undefined,
      },
      reader: { holds: async (_piece, asked) => asked.map(() => 'held') },
      refused: { find: async () => null, keep: async () => 'id', forget: async () => undefined },
      work: work(() => this.rooms, this),
      ...{ maxRefusedBytes: 1e6, maxPieceBytes: 1e8, idleMs: 60_000, snapshotEvery: 500 },
      onChanged: async () => undefined,
    });
    this.#watch = new EditWatch(this.rooms);
    onTestFinished(async () => {
      await this.rooms.stop();
    });
  }

  /** Puts words where there are none, as one who has seen none. */
  put(words: string): Promise<string> {
    return this.#watch.during(piece, async (watched) => {
      const doc = newDocument();
      Y.applyUpdate(doc, await this.rooms.state(piece, ann));
      if (doc.getText('body').length > 0) return 'precondition failed';
      const before = Y.encodeStateVector(doc);
      doc.getText('body').insert(0, words);
      const update = Y.encodeStateAsUpdate(doc, before);
      const credit = { clientId: doc.clientID, userId: ann };
      const still = () => !watched.edited;
      const done = await this.rooms.merge(piece, ann, credit, { update, still });
      return done ? 'done' : 'changed meanwhile';
    });
  }

  read(): Promise<string> {
    return this.rooms.read(piece, (doc) => doc.getText('body').toJSON());
  }
}

test.each([true, false])(
  'D2 A1 an edit whose commit was not answered is not made twice, whether the other server stays (%s)',
  async (stays) => {
    const desk = new Desk();
    desk.hasOthers = true;
    desk.losesAnswers = true;
    await expect(desk.put('Words.')).rejects.toThrow('look whether it was');
    desk.losesAnswers = false;
    desk.hasOthers = stays;
    expect(['precondition failed', 'changed meanwhile']).toContain(await desk.put('Words.'));
    expect(await desk.read()).toBe('Words.');
    expect(desk.rows).toHaveLength(1);
    // After a further one it is known what became of it.
    for (const word of ['One. ', 'Two. ']) {
      const doc = newDocument();
      doc.getText('body').insert(0, word);
      const credit = { clientId: doc.clientID, userId: ann };
      const edit = { update: Y.encodeStateAsUpdate(doc), still: () => true };
      expect(await desk.rooms.merge(piece, ann, credit, edit)).toBe(true);
    }
    expect(desk.asked.at(-1)).toBe(stays ? 'appendHeld' : 'append');
  },
);

test('A1 a large edit during whose reading another server has joined is held', async () => {
  const desk = new Desk((rooms, desk) => ({
    ...workInProcess,
    readLarge: async (...asked) => {
      desk.hasOthers = true;
      await rooms().settled();
      return workInProcess.readLarge(...asked);
    },
  }));
  expect(await desk.put('word '.repeat(20_000))).toBe('done');
  expect(desk.asked).toEqual(['appendHeld']);
});

test('who lets a room wait is told from who did so before', () => {
  const pause = new RoomPause(new Set());
  expect(pause.turn).toBeNull();
  pause.begin({ whole: true });
  const own = pause.turn;
  pause.extend();
  expect(pause.turn).toBe(own);
  pause.end();
  pause.begin();
  expect(pause.turn).not.toBe(own);
});
