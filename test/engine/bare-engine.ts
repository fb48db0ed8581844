import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Journal } from '../../server/collab/journal/journal.ts';
import type { Admission, JournalEntry, RefusedKey, StateWork } from '../../server/collab/ports.ts';
import { Rooms } from '../../server/collab/rooms/rooms.ts';
import { CollabSocket } from '../../server/collab/connection/socket.ts';
import { workInProcess } from '../../server/states/in-process.ts';
import { noCrash } from '../support/open-pieces.ts';
import { silentLog } from '../support/silent-log.ts';
import { neverHeld } from '../support/alone.ts';

interface EngineOptions {
  readonly beatMs?: number;
  readonly maxConnections?: number;
  readonly maxFrameBytes?: number;
  /** An idle piece is let go after so long, in ms. */
  readonly idleMs?: number;
  /** Waited for before anybody is admitted. */
  readonly atTheDoor?: () => Promise<void>;
  readonly work?: Partial<StateWork>;
}

/** The engine alone on a real socket; the journal is a list, so that its commits can be held up. */
export async function startEngine({
  beatMs = 60_000,
  maxConnections = 100,
  maxFrameBytes = 1e6,
  idleMs = 60_000,
  atTheDoor = async () => undefined,
  work = {},
}: EngineOptions = {}) {
  const rows: JournalEntry[] = [];
  const kept: RefusedKey[] = [];
  let gate: Promise<void> = Promise.resolve();
  const journal = new Journal(
    {
      ...neverHeld,
      async append(entries) {
        await gate;
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
        snapshot: null,
        tail: rows.map(({ author, at, update }, i) => ({ seq: i + 1, author, at, update })),
        ...{ clientIds: new Map(), locked: false },
      }),
      sizeOf: async () => 0,
      rowsAfter: async () => [],
      saveSnapshot: async () => undefined,
    },
    openPieces: noCrash(),
    reader: { holds: async (_pieceId, asked) => asked.map(() => 'held' as const) },
    refused: {
      find: async () => null,
      keep: async (edit) => `r-${kept.push(edit)}`,
      forget: async () => undefined,
    },
    maxRefusedBytes: 1e6,
    maxPieceBytes: 1e8,
    work: { ...workInProcess, ...work },
    log: silentLog,
    idleMs,
    snapshotEvery: 500,
    onChanged: async () => undefined,
  });
  const http = createServer();
  /** The server's end of each TCP connection, in the order in which they came. */
  const ends: Socket[] = [];
  http.on('connection', (socket: Socket) => ends.push(socket));
  const sockets = new CollabSocket(http, {
    rooms,
    log: silentLog,
    maxFrameBytes,
    maxConnections,
    beatMs,
    originAllowed: (origin) => origin === undefined || origin === 'https://news.example',
    async admit({ token }): Promise<Admission> {
      await atTheDoor();
      if (token === null) return { ok: false, code: 4401, reason: 'not signed in' };
      if (token === 'former') {
        return { ok: false, code: 4403, reason: 'withdrawn', lastWordsOf: 'u-former' };
      }
      return {
        ok: true,
        person: { id: `u-${token}`, name: token, color: '#123456' },
        role: token === 'reader' ? 'reader' : 'writer',
        credential: { kind: 'token', id: `t-${token}`, expiresAt: null, readOnly: false },
      };
    },
    lastsUntil: async () => null,
    sessionOf: () => null,
    addressOf: () => '127.0.0.1',
    newRequestId: () => 'test',
    mustWait: async () => null,
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    url,
    rows,
    /** What was refused and is kept. */
    kept,
    rooms,
    sockets,
    ends,
    async stop() {
      await rooms.stop();
      await sockets.close(200);
      http.close();
    },
    /** Holds commits up until the returned function is called. */
    holdCommits() {
      let release = () => {};
      gate = new Promise((resolve) => (release = resolve));
      return release;
    },
  };
}
