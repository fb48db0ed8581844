import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { applyUpdate } from '../../server/collab/apply.ts';
import { costOf, mostOfTurn } from '../../server/collab/updates/cost.ts';
import { readUpdate } from '../../server/collab/updates/read-update.ts';
import { freesTooMuch } from '../../server/collab/writing/waiting.ts';
import { connect, type Sql } from '../../server/db/connect.ts';
import { verifyPieces } from '../../server/store/verify.ts';
import { newDocument } from '../../shared/document/new-document.ts';
import { refusedOf } from '../engine/people-in-room.ts';
import { Pen } from '../engine/pen.ts';
import { createPiece } from '../support/clients.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { runSeed, seeded } from '../support/random.ts';
import { silentLog } from '../support/silent-log.ts';
import {
  crowdedLetters,
  missingLetter,
  textOfWords,
  waitingLetters,
} from './attacks/crowded-places.ts';

const [words, missing] = [5, 1];

function endsOf(update: Uint8Array): [number, number][] {
  return readUpdate(update).structs.map(({ id, length }) => [id.client, id.clock + length]);
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

  test('are not freed at once by the one that they wait for', () => {
    const text = textOfWords();
    const doc = newDocument();
    applyUpdate(doc, Y.encodeStateAsUpdate(text), null);
    for (const update of waitingLetters(4_500, missing, words)) applyUpdate(doc, update, null);
    const letter = missingLetter(text);
    expect(freesTooMuch(doc, endsOf(letter))).toBe(true);
    // What others write meanwhile frees nothing.
    const other = new Y.Doc();
    other.getText('body').insert(0, 'a');
    expect(freesTooMuch(doc, endsOf(Y.encodeStateAsUpdate(other)))).toBe(false);
  });

  test('what somebody types before what they wrote offline has come is freed by it, however long the text', () => {
    const random = seeded(runSeed());
    for (let round = 0; round < 30; round++) {
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
      for (let n = 0; n < 60; n++) {
        if (random.int(15) === 0) at = random.int(body.length);
        body.insert(at++, 'k');
      }
      for (const key of keys) applyUpdate(doc, key, null);
      expect(freesTooMuch(doc, endsOf(offline))).toBe(false);
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

  async function expectWritable(pieceId: string): Promise<void> {
    const pen = await Pen.open(server, pieceId);
    await pen.send(pen.write('Good words. '));
    expect([pen.code, pen.saved]).toEqual([null, pen.sent]);
    await pen.close();
    for await (const { problems } of verifyPieces(sql, { pieceIds: [pieceId] })) {
      expect(problems).toEqual([]);
    }
  }

  test('the letter that 4,500 wait for is refused and kept, and the piece is written in', async () => {
    const pieceId = await createPiece(server, { content: 'Words.' });
    const pen = await Pen.open(server, pieceId);
    const text = textOfWords();
    pen.post(Y.encodeStateAsUpdate(text));
    for (const update of waitingLetters(4_500, missing, words)) pen.post(update);
    pen.post(missingLetter(text));
    await pen.heard();
    expect(pen.code).toBeNull();
    const refused = await refusedOf(server, pieceId);
    expect(refused.map(({ reason }) => reason)).toEqual(['piece_full']);
    await pen.close();
    await expectWritable(pieceId);
  });

  test('1,500 letters in 30 kB are put in, and saved', async () => {
    const pieceId = await createPiece(server, { content: 'Words.' });
    const pen = await Pen.open(server, pieceId);
    await pen.send(Y.encodeStateAsUpdate(textOfWords()));
    await pen.send(crowdedLetters(1_500, new Y.ID(words, 0)));
    expect([pen.code, pen.saved]).toEqual([null, pen.sent]);
    await pen.close();
    await expectWritable(pieceId);
  });
});
