import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import { connect, type Sql } from '../../server/db/connect.ts';
import { Pen } from '../engine/pen.ts';
import { createPiece } from '../support/clients.ts';
import { addMember, createPerson } from '../support/people.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { silentLog } from '../support/silent-log.ts';
import { expectPieceFull, expectVerified, expectWritable } from './goes-on.ts';

let server: TestRunningServer;
let sql: Sql;
beforeAll(async () => {
  server = await startRunningServer();
  sql = connect(server.databaseUrl, { log: silentLog, name: 'test' });
});
afterAll(async () => {
  await sql.end();
  await server.stop();
});

/** Updates with a letter under each of so many clientIDs, one behind the other. */
function letters(frames: number, each: number): Uint8Array[] {
  const doc = new Y.Doc();
  const body = doc.getText('body');
  return Array.from({ length: frames }, () => {
    const before = Y.encodeStateVector(doc);
    // At once: each transaction looks at all clientIDs.
    doc.transact(() => {
      for (let n = 0; n < each; n++) {
        doc.clientID = 1 + body.length;
        body.insert(body.length, 'x');
      }
    });
    return Y.encodeStateAsUpdate(doc, before);
  });
}

test.each([
  ['one frame', 1, 16_000, 'update'],
  ['frames of 400', 42, 400, 'update'],
  ['answers that nobody asked for', 5, 4_999, 'step2'],
] as const)(
  'B2 B3 who takes up clientIDs by the thousand, in %s, leaves room for everybody else who comes in',
  async (how, frames, each, step) => {
    const pieceId = await createPiece(server, { content: 'Words.' });
    const hoarder = await createPerson(server, `Hoarder ${how}`);
    const colleague = await createPerson(server, `Colleague ${how}`);
    for (const person of [hoarder, colleague]) await addMember(server, pieceId, person, 'writer');
    const updates = letters(frames, each);
    const pen = await Pen.open(server, pieceId, hoarder);
    for (const update of updates) pen.post(update, step);
    await pen.heard();
    expect(pen.code).toBeNull();
    await expectPieceFull(server, pieceId);
    // Three sittings of a colleague, each with a clientID of its own.
    for (let sitting = 0; sitting < 3; sitting++) await expectWritable(server, pieceId, colleague);
    await expectVerified(sql, pieceId);
    await pen.close();
  },
);
