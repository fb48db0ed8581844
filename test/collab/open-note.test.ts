import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { OpenNote } from '../../server/collab/rooms/open-note.ts';
import type { OpenPieces } from '../../server/collab/ports.ts';
import { newDocument } from '../../shared/document/new-document.ts';
import { SimulatedServer } from '../durability/simulated-server.ts';
import { silentLog } from '../support/silent-log.ts';
import { RoomPen } from './room-pen.ts';

/** Notes that are written when the test says. */
function heldNotes() {
  const jobs: { resolve(foundMsAgo: number | null): void; reject(err: Error): void }[] = [];
  const closed: number[] = [];
  const openPieces: OpenPieces = {
    opened: () => new Promise((resolve, reject) => jobs.push({ resolve, reject })),
    closed: async ({ opening }) => void closed.push(opening),
  };
  return { openPieces, jobs, closed };
}

function words(text: string): Uint8Array {
  const doc = newDocument();
  doc.getText('body').insert(0, text);
  return Y.encodeStateAsUpdate(doc);
}

test('P2 no update is taken, and no edit made, before it is noted that the piece is open; who reads does not wait', async () => {
  const { openPieces, jobs } = heldNotes();
  const server = new SimulatedServer({ openPieces });
  await server.start();
  const pen = new RoomPen(server);
  pen.post(words('Typed. '));
  const edited = server.room.edits.edit(null, (doc) => doc.getText('body').insert(0, 'Edited. '));
  for (let turns = 0; turns < 5; turns++) await turn();
  expect(server.room.doc.getText('body').toJSON()).toBe('');
  expect(await server.room.state(null)).toBeInstanceOf(Uint8Array);
  expect(server.room.journal.position).toBe(0);
  jobs[0]!.resolve(null);
  expect(await pen.outcome()).toBe('saved');
  await edited;
  expect(server.journalled().getText('body').toJSON()).toMatch(/Typed\. |Edited\. /);
  expect(server.journalled().getText('body').length).toBe(15);
});

test('P2 a note that fails is tried again; one that is not needed any more is taken back once it is there', async () => {
  const { openPieces, jobs, closed } = heldNotes();
  const note = new OpenNote('piece', { openPieces, log: silentLog });
  jobs[0]!.reject(new Error('read only'));
  while (jobs.length < 2) await turn();
  expect(note.waits).toBe(true);
  const ended = note.end(true);
  await note.settled();
  await turn();
  expect([note.waits, closed]).toEqual([false, []]);
  jobs[1]!.resolve(null);
  await ended;
  expect(closed).toHaveLength(1);
});

test('P2 what was not let go in order stays noted, and a note that cannot be taken back stops nothing', async () => {
  const { openPieces, jobs, closed } = heldNotes();
  const one = new OpenNote('piece', { openPieces, log: silentLog });
  await one.end(false);
  expect(closed).toEqual([]);
  const closeFails = { ...openPieces, closed: () => Promise.reject(new Error('gone')) };
  const other = new OpenNote('piece', { openPieces: closeFails, log: silentLog });
  jobs[1]!.resolve(null);
  await other.settled();
  await expect(other.end(true)).resolves.toBeUndefined();
});

test('P2 it is after a crash until ten minutes after that was first found', async () => {
  const { openPieces, jobs } = heldNotes();
  for (const [foundMsAgo, isAfterCrash] of [
    [0, true],
    [599_000, true],
    [601_000, false],
    [null, false],
  ] as const) {
    const note = new OpenNote('piece', { openPieces, log: silentLog });
    jobs.pop()!.resolve(foundMsAgo);
    await note.settled();
    expect(note.isAfterCrash, String(foundMsAgo)).toBe(isAfterCrash);
  }
  // A server from before there were notes leaves rows behind the snapshot.
  const note = new OpenNote('piece', { openPieces, log: silentLog });
  note.foundRows();
  jobs.pop()!.resolve(null);
  await note.settled();
  expect(note.isAfterCrash).toBe(true);
});
