import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import { applyUpdate } from '../../../server/collab/apply.ts';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { packPiece } from '../../../server/history/packer.ts';
import { createJournalStore } from '../../../server/store/journal-store.ts';
import { createPieceStore } from '../../../server/store/piece-store.ts';
import { countPieces, verifyPieces, type PieceReport } from '../../../server/store/verify.ts';
import { entryOf, makePiece } from '../../support/pieces.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { silentLog } from '../../support/silent-log.ts';

let database: TestDatabase;
let sql: Sql;
let journal: ReturnType<typeof createJournalStore>;
beforeAll(async () => {
  database = await createDatabase();
  sql = connect(database.url, { log: silentLog, name: 'test' });
  journal = createJournalStore(database.url, { log: silentLog });
});
afterAll(async () => {
  await journal.close();
  await sql.end();
  await database.drop();
});

/** A piece of 41 rows with a snapshot at row 21, edited as people do; and its live document. */
async function editedPiece(): Promise<{ id: string; doc: Y.Doc }> {
  const id = await makePiece(sql, 'The first words.\n');
  const doc = new Y.Doc();
  for (const row of await createPieceStore(sql).rowsAfter(id, 0)) Y.applyUpdate(doc, row.update);
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  const body = doc.getText('body');
  const edit = async () => {
    body.insert(3, ' new');
    body.delete(0, 1);
    body.format(0, 2, { bold: true });
    doc.getMap('footnotes').set('a', new Y.Text('note'));
    await journal.append(updates.splice(0).map((update) => entryOf(id, update)));
  };
  for (let round = 0; round < 5; round += 1) await edit();
  await createPieceStore(sql).saveSnapshot(id, 21, Y.encodeStateAsUpdate(doc));
  for (let round = 0; round < 5; round += 1) await edit();
  return { id, doc };
}

async function reportOn(id: string): Promise<PieceReport> {
  for await (const report of verifyPieces(sql, { pieceIds: [id] })) return report;
  throw new Error('No report');
}

test('D1 D6 a piece is rebuilt from its journal alone, and is the same', async () => {
  const { id } = await editedPiece();
  expect(await reportOn(id)).toMatchObject({
    ...{ pieceId: id, rows: 41, incomplete: false, problems: [] },
    deleted: 64,
  });
});

test.each(['as written', 'packed'])(
  'D6 marks that Yjs would tidy up, but has not, are no difference (%s)',
  async (how) => {
    const id = await makePiece(sql);
    const [first] = await createPieceStore(sql).rowsAfter(id, 0);
    const room = new Y.Doc();
    Y.applyUpdate(room, first!.update);
    const textsOf = (doc: Y.Doc) => [
      doc.getText('body'),
      doc.getMap<Y.Text>('footnotes').get('a')!,
    ];
    room.getMap<Y.Text>('footnotes').set('a', new Y.Text());
    for (const text of textsOf(room)) {
      text.insert(0, 'Nobody has counted them.');
      text.format(0, 6, { bold: true });
    }
    const state = Y.encodeStateAsUpdate(room);
    // Of what is bold, two people delete a part each at the same time: a mark stays that ends it.
    const edits = [0, 1].map((who) => {
      const doc = new Y.Doc();
      Y.applyUpdate(doc, state);
      const before = Y.encodeStateVector(doc);
      for (const text of textsOf(doc)) text.delete(3 * who, 3);
      return Y.encodeStateAsUpdate(doc, before);
    });
    const kept = [state, ...edits.map((update) => applyUpdate(room, update, 'client').kept!)];
    await journal.append(kept.map((update) => entryOf(id, update)));
    const rows = kept.length + 1;
    await createPieceStore(sql).saveSnapshot(id, rows, Y.encodeStateAsUpdate(room));
    if (how === 'packed') await packPiece(sql, id, { unfilled: true });
    expect(await reportOn(id)).toMatchObject({ rows, problems: [] });
  },
);

test('D6 a snapshot with other text than the journal is found', async () => {
  const { id, doc } = await editedPiece();
  doc.getText('body').insert(0, 'Unsaved. ');
  await sql`update snapshots set state = ${Y.encodeStateAsUpdate(doc)} where piece_id = ${id}`;
  expect((await reportOn(id)).problems).toEqual([
    'Snapshot and journal hold different edits',
    'Snapshot and journal differ in "body"',
  ]);
});

test('C1 a row that is missing, cannot be read, or that the head does not know, is found', async () => {
  const { id } = await editedPiece();
  await sql`delete from journal where piece_id = ${id} and seq = 30`;
  expect((await reportOn(id)).problems).toContain('Row 30 is missing: next is 31');
  await sql`update journal set update = '\\xff' where piece_id = ${id} and seq = 31`;
  expect((await reportOn(id)).problems).toContainEqual(
    expect.stringMatching(/^Row 31 cannot be applied: /),
  );
  await sql`delete from journal where piece_id = ${id} and seq > 39`;
  expect((await reportOn(id)).problems).toContain('The journal ends at 39, not at 41');
});

test('D1 packed, it verifies row by row; a pack that does not give back its rows is found', async () => {
  const { id } = await editedPiece();
  const before = await reportOn(id);
  expect(await packPiece(sql, id, { unfilled: true })).toEqual({ before: 41, after: 1 });
  expect(await reportOn(id)).toEqual(before);
  const other = (await editedPiece()).id;
  await packPiece(sql, other, { unfilled: true });
  await sql`
    update journal set moments = (select moments from journal where piece_id = ${other})
    where piece_id = ${id}`;
  expect((await reportOn(id)).problems).toEqual([
    expect.stringMatching(/^Rows 1 to 41 (are not what was packed|cannot be unpacked: )/),
  ]);
});

test('all pieces are visited, deleted ones too', async () => {
  const id = await makePiece(sql, 'Gone.\n');
  await sql`update pieces set deleted_at = now() where id = ${id}`;
  const seen: string[] = [];
  for await (const { pieceId } of verifyPieces(sql)) seen.push(pieceId);
  expect(seen).toHaveLength(await countPieces(sql));
  expect(seen).toContain(id);
});
