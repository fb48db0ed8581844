import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { packPiece } from '../../../server/history/packer.ts';
import { attributionOf, historyOf, stateAt } from '../../../server/history/questions.ts';
import { readRows } from '../../../server/history/read-rows.ts';
import { unpack } from '../../../server/history/pack.ts';
import { createPieceStore } from '../../../server/store/piece-store.ts';
import { shrink } from '../../../server/store/shrink.ts';
import { verifyPieces } from '../../../server/store/verify.ts';
import { deltaText } from '../../../shared/document/index.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { runSeed, seeded } from '../../support/random.ts';
import { deadline, rounds } from '../../support/test-length.ts';
import { silentLog } from '../../support/silent-log.ts';
import {
  historyConnection,
  onePost,
  record,
  twoPeople,
  type Keystroke,
  type Recorded,
} from './recorded.ts';

const seed = runSeed();
const random = seeded(seed);
const asked = rounds(10);
const [first, second] = [
  '01900000-0000-7000-8000-000000000001',
  '01900000-0000-7000-8000-000000000002',
];

let database: TestDatabase;
let sql: Sql;
beforeAll(async () => {
  console.log(`SEED=${seed}`);
  database = await createDatabase();
  sql = connect(database.url, historyConnection);
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

/** The text after each of so many random keystrokes. */
function moments(keystrokes: readonly Keystroke[], count: number): Map<number, string> {
  const wanted = new Set(Array.from({ length: count }, () => random.int(keystrokes.length)));
  const texts = new Map<number, string>();
  const doc = new Y.Doc();
  keystrokes.forEach(({ update }, i) => {
    Y.applyUpdate(doc, update);
    if (wanted.has(i)) texts.set(i, doc.getText('body').toJSON());
  });
  return texts;
}

/** Each of them is from its keystroke on until the next: asked for at the one end, or the other. */
async function expectMoments({ pieceId, times }: Recorded, texts: ReadonlyMap<number, string>) {
  let first = random.int(2) === 0;
  for (const [i, text] of texts) {
    const next = times[i + 1];
    const time = first || next === undefined ? times[i]! : next - 1;
    first = !first;
    const { model, at, seq } = await stateAt(sql, pieceId, { time });
    expect(deltaText(model.body), `keystroke ${i} at ${time}, SEED=${seed}`).toBe(text);
    // The first row is that of the piece's beginning.
    expect({ at, seq }).toEqual({ at: times[i], seq: i + 2 });
  }
}

async function allRows(pieceId: string) {
  const rows = [];
  for await (const one of readRows(sql, pieceId)) {
    if ('row' in one) rows.push(one.row);
    else rows.push(...unpack(one.packed));
  }
  return rows;
}

describe('two people’s session', () => {
  let recorded: Recorded;
  let keystrokes: Keystroke[];
  let endContent: string;
  beforeAll(async () => {
    ({ keystrokes, endContent } = await twoPeople(random, rounds(12_000)));
    recorded = await record(sql, database.url, keystrokes, [first, second], random);
  });

  test('D1 any moment of it, who wrote each letter, and its stretches; and packing changes none of these', async () => {
    const { pieceId, times } = recorded;
    const texts = moments(keystrokes, rounds(8));
    await expectMoments(recorded, texts);
    const attribution = await expectAuthors();
    const history = await historyOf(sql, pieceId);
    expect(Math.min(...history.map(({ from }) => from))).toBeLessThan(times[0]!);
    expect(Math.max(...history.map(({ to }) => to))).toBe(times.at(-1));
    const rows = await allRows(pieceId);

    const packing = await packPiece(sql, pieceId, { unfilled: true });
    expect(packing.before).toBe(keystrokes.length + 1);
    expect(packing.after).toBe(Math.ceil(packing.before / 4_000));
    await expectMoments(recorded, texts);
    expect(await expectAuthors()).toEqual(attribution);
    expect(await historyOf(sql, pieceId)).toEqual(history);
    const again = await allRows(pieceId);
    expect(again.map(({ seq, author, at }) => ({ seq, author, at }))).toEqual(
      rows.map(({ seq, author, at }) => ({ seq, author, at })),
    );
  });

  /** Every letter is of the agent whose client has written it. */
  async function expectAuthors() {
    const doc = new Y.Doc();
    for (const { update } of keystrokes) Y.applyUpdate(doc, update);
    const authors: string[] = [];
    for (let item = doc.getText('body')._start; item !== null; item = item.right) {
      if (item.deleted) continue;
      const author = item.id.client === 1 ? first : second;
      authors.push(...Array.from({ length: item.length }, () => author));
    }
    const attribution = await attributionOf(sql, recorded.pieceId, null);
    const found = attribution.flatMap(({ from, to, userId }) =>
      Array.from({ length: to - from }, () => userId),
    );
    expect(found).toHaveLength(endContent.length);
    expect(found).toEqual(authors);
    return attribution;
  }
});

test(
  `D1 a whole post: ${asked} random moments, packed and not; packed, it takes at most 10 bytes for a keystroke, and verifies`,
  async () => {
    const { keystrokes, endContent } = onePost(random);
    await sql`truncate journal, snapshots, client_ids`;
    const empty = await sizeOfAll();
    const recorded = await record(sql, database.url, keystrokes, [first], random);
    const { pieceId } = recorded;
    const texts = moments(keystrokes, asked);
    await expectMoments(recorded, new Map([...texts].slice(0, rounds(2))));
    const history = await historyOf(sql, pieceId);

    await packPiece(sql, pieceId, { unfilled: true });
    await expectMoments(recorded, texts);
    expect(await historyOf(sql, pieceId)).toEqual(history);
    const doc = new Y.Doc();
    for (const { update } of await allRows(pieceId)) Y.applyUpdate(doc, update);
    expect(doc.getText('body').toJSON()).toBe(endContent);
    await createPieceStore(sql).saveSnapshot(
      pieceId,
      keystrokes.length + 1,
      Y.encodeStateAsUpdate(doc),
    );
    expect(await shrink(database.directUrl, silentLog)).toBe(true);
    const each = ((await sizeOfAll()) - empty) / keystrokes.length;
    console.log(`${each.toFixed(2)} bytes for each of ${keystrokes.length} keystrokes`);
    expect(each).toBeLessThanOrEqual(10);
    for await (const report of verifyPieces(sql, { pieceIds: [pieceId] })) {
      expect(report).toMatchObject({ rows: keystrokes.length + 1, problems: [] });
    }
  },
  deadline(300_000),
);

/** All tables with TOAST and indexes, in bytes. */
async function sizeOfAll(): Promise<number> {
  const [row] = await sql<{ bytes: number }[]>`
    select sum(pg_total_relation_size(oid))::bigint as bytes from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace`;
  return row!.bytes;
}
