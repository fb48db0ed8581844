import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { applyUpdate } from '../../server/collab/apply.ts';
import { costOf, mostOfTurn } from '../../server/collab/updates/cost.ts';
import { readUpdate } from '../../server/collab/updates/read-update.ts';
import { waitsForTooMuch, waitsOf } from '../../server/collab/writing/waiting.ts';
import { connect, type Sql } from '../../server/db/connect.ts';
import { newDocument } from '../../shared/document/new-document.ts';
import { Pen } from '../engine/pen.ts';
import { createPiece } from '../support/clients.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { runSeed, seeded } from '../support/random.ts';
import { silentLog } from '../support/silent-log.ts';
import { rounds } from '../support/test-length.ts';
import {
  crowdedLetters,
  missingLetter,
  textOfWords,
  waitingLetters,
} from './attacks/crowded-places.ts';
import { expectPieceFull, expectVerified, expectWritable } from './goes-on.ts';

const [words, missing] = [5, 1];

function waitsTooMuch(doc: Y.Doc, update: Uint8Array): boolean {
  const waits = waitsOf(readUpdate(update), (client) => Y.getState(doc.store, client));
  return waitsForTooMuch(doc, waits, update.length);
}

describe('B1 letters that look for their place among each other', () => {
  test('cost what they look at: 30 kB of them are not put in within one turn', () => {
    const doc = newDocument();
    applyUpdate(doc, Y.encodeStateAsUpdate(textOfWords()), null);
    const crowded = crowdedLetters(1_500, new Y.ID(words, 0));
    expect(crowded.length).toBeLessThan(32 * 1024);
    expect(costOf(doc, readUpdate(crowded))).toBeGreaterThan(mostOfTurn);
    expect(costOf(doc, readUpdate(crowdedLetters(50, new Y.ID(words, 0))))).toBeLessThan(
      mostOfTurn,
    );
  });

  test('wait at 1,000 places at most, since each of them looks at all the others when it comes', () => {
    const doc = newDocument();
    applyUpdate(doc, Y.encodeStateAsUpdate(textOfWords()), null);
    const tooMuch: boolean[] = [];
    for (const update of waitingLetters(1_500, missing, words)) {
      tooMuch.push(waitsTooMuch(doc, update));
      if (tooMuch.at(-1) === false) applyUpdate(doc, update, null);
    }
    expect(tooMuch).toEqual([...Array<boolean>(10).fill(false), ...Array<boolean>(5).fill(true)]);
  });

  test('what somebody wrote all over behind a word that the server has lost may wait for that', () => {
    const random = seeded(runSeed());
    const colleague = new Y.Doc();
    colleague.getText('body').insert(0, 'Words of an article. '.repeat(50));
    const doc = newDocument();
    applyUpdate(doc, Y.encodeStateAsUpdate(colleague), null);
    const known = Y.encodeStateVector(colleague);
    colleague.getText('body').insert(0, 'lost');
    const lost = Y.encodeStateAsUpdate(colleague, known);
    const author = new Y.Doc();
    Y.applyUpdate(author, Y.encodeStateAsUpdate(colleague));
    const before = Y.encodeStateVector(author);
    const body = author.getText('body');
    body.insert(2, 'behind it');
    for (let n = 0; n < 500; n++) body.insert(random.int(body.length), 'k');
    const theirs = Y.encodeStateAsUpdate(author, before);
    expect(waitsTooMuch(doc, theirs)).toBe(false);
    applyUpdate(doc, theirs, null);
    expect(doc.getText('body').toJSON()).not.toContain('behind it');
    applyUpdate(doc, lost, null);
    expect(doc.getText('body').toJSON()).toBe(body.toJSON());
  });

  test('what somebody types before what they wrote offline has come may wait for it, however long the text', () => {
    const random = seeded(runSeed());
    for (let round = 0; round < rounds(3); round++) {
      const doc = newDocument();
      const author = new Y.Doc();
      const body = author.getText('body');
      body.insert(0, 'Words of an article. '.repeat(500));
      applyUpdate(doc, Y.encodeStateAsUpdate(author), null);
      const before = Y.encodeStateVector(author);
      for (let n = 0; n < 200; n++) body.insert(random.int(body.length), 'offline ');
      const offline = Y.encodeStateAsUpdate(author, before);
      const keys: Uint8Array[] = [];
      author.on('update', (update: Uint8Array) => keys.push(update));
      let at = random.int(body.length);
      for (let n = 0; n < 200; n++) {
        if (n % 10 === 9) at = random.int(body.length);
        body.insert(at++, 'k');
      }
      for (const key of keys) {
        expect(waitsTooMuch(doc, key)).toBe(false);
        applyUpdate(doc, key, null);
      }
      applyUpdate(doc, offline, null);
      expect(doc.getText('body').toJSON()).toBe(body.toJSON());
    }
  });
});

describe('B1 on a server that runs', () => {
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

  test('of 4,500 letters that wait for one most are refused and kept; that one, and what a colleague types, is saved', async () => {
    const pieceId = await createPiece(server, { content: 'Words.' });
    const pen = await Pen.open(server, pieceId);
    const text = textOfWords();
    pen.post(Y.encodeStateAsUpdate(text));
    for (const update of waitingLetters(4_500, missing, words)) pen.post(update);
    await pen.heard();
    expect(pen.code).toBeNull();
    await expectPieceFull(server, pieceId);
    await pen.close();
    const other = await Pen.open(server, pieceId);
    await other.send(missingLetter(text));
    expect([other.code, other.saved]).toEqual([null, 1]);
    await other.close();
    await expectWritable(server, pieceId);
    await expectVerified(sql, pieceId);
  });

  test('1,500 letters in 30 kB are put in, and saved', async () => {
    const pieceId = await createPiece(server, { content: 'Words.' });
    const pen = await Pen.open(server, pieceId);
    await pen.send(Y.encodeStateAsUpdate(textOfWords()));
    await pen.send(crowdedLetters(1_500, new Y.ID(words, 0)));
    expect([pen.code, pen.saved]).toEqual([null, pen.sent]);
    await pen.close();
    await expectWritable(server, pieceId);
    await expectVerified(sql, pieceId);
  });
});
