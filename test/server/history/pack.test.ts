import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { isWhole, momentOf, pack, unpack } from '../../../server/history/pack.ts';
import { joinUpdates } from '../../../server/history/parts.ts';
import { replay } from '../../../server/history/replay.ts';
import type { HistoryRow, StoredRows } from '../../../server/history/rows.ts';
import { readDocument } from '../../../shared/document/index.ts';
import { runSeed, seeded, type Random } from '../../support/random.ts';

const people = ['ann', 'bob', 'cy'];

/** Rows of three people who write, format, delete, undo and add footnotes at the same time. */
function writeTogether(random: Random, count: number): HistoryRow[] {
  const server = new Y.Doc();
  const rows: HistoryRow[] = [];
  let at = 1_700_000_000_000;
  let author: string | null = null;
  server.on('update', (update: Uint8Array) => {
    rows.push({ seq: rows.length + 1, author, at, update });
  });
  server.getText('body').insert(0, 'It begins 🙂 here.\nAnd goes on.\n');
  const docs = people.map(() => new Y.Doc({ gc: random.int(2) === 0 }));
  const undos = docs.map((doc) => new Y.UndoManager(doc.getText('body')));
  while (rows.length < count) {
    const i = random.int(people.length);
    const doc = docs[i]!;
    if (random.int(3) === 0) Y.applyUpdate(doc, Y.encodeStateAsUpdate(server), 'server');
    if (random.int(12) === 0) undos[i]!.undo();
    else doc.transact(() => edit(doc, random));
    // Clocks are set back now and then.
    at += random.int(20) === 0 ? -50 : random.int(4_000);
    author = people[i]!;
    Y.applyUpdate(server, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(server)));
  }
  return rows;
}

function edit(doc: Y.Doc, random: Random): void {
  const body = doc.getText('body');
  const at = random.int(body.length + 1);
  const length = Math.min(body.length - at, 1 + random.int(12));
  const kind = random.int(6);
  if (kind === 0 && length > 0) body.delete(at, length);
  else if (kind === 1 && length > 0) body.format(at, length, { bold: random.int(2) === 0 || null });
  else if (kind === 2) body.insertEmbed(at, { footnote: 'f1' });
  else if (kind === 3) doc.getMap('footnotes').set(`f${random.int(3)}`, new Y.Text('A note.'));
  else body.insert(at, random.pick(['a', 'word ', '🙂', 'é', '\n', 'two words']));
}

const stored = async function* (...packs: StoredRows[]): AsyncGenerator<StoredRows> {
  yield* packs;
};

describe('rows are packed', () => {
  test.each(Array.from({ length: 25 }, (_, i) => i))(
    'D1 whatever three people did at once, each row comes back with author and time, and every moment is the same (%i)',
    async (round) => {
      const seed = runSeed() + round;
      const random = seeded(seed);
      const rows = writeTogether(random, 120);
      const packed = pack(rows);
      expect(packed, `SEED=${seed}`).not.toBeNull();
      const again = unpack(packed!);
      expect(again.map(({ seq, author, at }) => ({ seq, author, at }))).toEqual(
        rows.map(({ seq, author, at }) => ({ seq, author, at })),
      );
      const [one, other] = [new Y.Doc(), new Y.Doc()];
      rows.forEach((row, i) => {
        Y.applyUpdate(one, row.update);
        Y.applyUpdate(other, again[i]!.update);
        expect(readDocument(other), `SEED=${seed}, row ${i + 1}`).toEqual(readDocument(one));
        expect(momentOf(again[i]!)).toEqual(momentOf(row));
      });
      expect(Y.encodeStateVector(other)).toEqual(Y.encodeStateVector(one));
      const whole = new Y.Doc();
      Y.applyUpdate(whole, packed!.update);
      expect(readDocument(whole)).toEqual(readDocument(one));
      // Packed again with what came after, it is what it would have been at once.
      const [half, rest] = [pack(rows.slice(0, 60))!, rows.slice(60)];
      expect(pack([...unpack(half), ...rest])).toEqual(packed);
      for (const seq of [1, 59, 60, 61, rows.length]) {
        const past = await replay(stored({ packed: packed! }), { seq });
        const wanted = new Y.Doc();
        for (const { update } of rows.slice(0, seq)) Y.applyUpdate(wanted, update);
        expect(past.seq).toBe(seq);
        expect(readDocument(past.doc), `SEED=${seed}, up to ${seq}`).toEqual(readDocument(wanted));
      }
    },
  );

  test('D1 also such that came twice, or before what they build on', () => {
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    for (const word of ['one ', 'two ', 'three ']) doc.getText('body').insert(0, word);
    const [first, second, third] = updates as [Uint8Array, Uint8Array, Uint8Array];
    const rows = [third, first, first, second, joinUpdates(updates)].map(
      (update, i): HistoryRow => ({ seq: 10 + i, author: null, at: i, update }),
    );
    const packed = pack(rows)!;
    expect(packed).toMatchObject({ first: 10, last: 14 });
    const again = new Y.Doc();
    for (const { update } of unpack(packed)) Y.applyUpdate(again, update);
    expect(again.getText('body').toJSON()).toBe('three two one ');
  });

  test('D1 and what was changed in a pack is seen', () => {
    const rows = writeTogether(seeded(1), 40);
    const packed = pack(rows)!;
    expect(isWhole(packed)).toBe(true);
    const other = pack(rows.map((row) => ({ ...row, at: row.at + 1 })))!;
    expect(isWhole({ ...packed, moments: other.moments })).toBe(false);
    const letters = Buffer.from(packed.update);
    const at = letters.indexOf('begins');
    letters.write('BEGINS', at);
    expect(isWhole({ ...packed, update: letters })).toBe(false);
  });
});
