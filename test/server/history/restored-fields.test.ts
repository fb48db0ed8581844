import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { momentOf } from '../../../server/history/pack.ts';
import type { Moment } from '../../../server/history/moments.ts';
import { provenanceOf } from '../../../server/history/provenance/provenance.ts';
import { planEdit } from '../../../server/history/restore.ts';
import { newDocument, readDocument } from '../../../shared/document/index.ts';
import { runSeed, seeded, type Random } from '../../support/random.ts';

const fields = ['title', 'standfirst', 'note'] as const;
type Field = (typeof fields)[number];

const marks = [{ bold: true }, { italic: true }, { link: 'https://example.org/' }, { bold: null }];

function textOf(doc: Y.Doc, field: Field): Y.Text {
  return field === 'note' ? (doc.getMap('footnotes').get('n') as Y.Text) : doc.getText(field);
}

/** A piece of which each edit is a row of its author's. */
class Piece {
  readonly doc = newDocument({ gc: false });
  readonly moments: Moment[] = [];
  readonly #clients = new Map([
    ['a', 5_000],
    ['b', 7_000],
    ['c', 3_000],
  ]);

  does(author: string, act: (doc: Y.Doc) => void): void {
    const copy = newDocument({ gc: false });
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(this.doc));
    copy.clientID = this.#clients.get(author) ?? 1;
    const before = Y.encodeStateVector(copy);
    copy.transact(() => act(copy));
    this.takes(author, Y.encodeStateAsUpdate(copy, before));
  }

  takes(author: string, update: Uint8Array): void {
    const seq = this.moments.length + 1;
    this.moments.push(momentOf({ seq, author, at: seq * 3_600_000, update }));
    Y.applyUpdate(this.doc, update);
  }

  /** As a server has it open: what was deleted is no longer kept. */
  get now(): Uint8Array {
    const open = newDocument();
    Y.applyUpdate(open, Y.encodeStateAsUpdate(this.doc));
    return Y.encodeStateAsUpdate(open);
  }

  /** For each letter of a text who first wrote it, by the journal. */
  whose(field: Field): string {
    const { letters, first } = provenanceOf(this.doc, this.moments);
    let whose = '';
    for (let item = textOf(this.doc, field)._start; item !== null; item = item.right) {
      if (item.deleted || !item.countable) continue;
      for (let i = 0; i < item.length; i++) {
        const position = letters.at(item.id.client, item.id.clock + i);
        const row = letters.birth[first[position] ?? -1] ?? -1;
        whose += this.moments[row]?.author ?? '-';
      }
    }
    return whose;
  }
}

/**
 * Words of letters that no other word of a run has: whose a letter is can be told in one way only. A
 * comparison takes Cyrillic words whole, and Han letter by letter.
 */
class Words {
  #next = 0;

  make(random: Random): string {
    const script = random.pick([0x400, 0x4e00]);
    const letters = Array.from({ length: 1 + random.int(6) }, () => script + this.#next++);
    return String.fromCodePoint(...letters);
  }
}

function edit(text: Y.Text, random: Random, words: Words): void {
  const act = random.int(4);
  const at = random.int(text.length + 1);
  const length = Math.min(random.int(9), text.length - at);
  if (act === 0 && length > 0) text.delete(at, length);
  else if (act === 1 && length > 0) text.format(at, length, random.pick(marks));
  else text.insert(at, words.make(random), random.int(3) === 0 ? { italic: true } : {});
}

const seed = runSeed();
test(`A1 S3 restored titles, standfirsts and notes read and look as they did, and every letter is its first author’s (seed ${seed})`, () => {
  for (let run = 0; run < 60; run++) {
    const random = seeded(seed + run);
    const [piece, words] = [new Piece(), new Words()];
    piece.does('a', (doc) => {
      doc.getMap('footnotes').set('n', new Y.Text());
      doc.getText('body').insertEmbed(0, { footnote: 'n' });
    });
    const step = () =>
      piece.does(random.pick(['a', 'b', 'c']), (doc) => {
        edit(textOf(doc, random.pick(fields)), random, words);
      });
    for (let i = 0; i < 12; i++) step();
    const past = newDocument({ gc: false });
    Y.applyUpdate(past, Y.encodeStateAsUpdate(piece.doc));
    const wanted = readDocument(past);
    const whose = fields.map((field) => piece.whose(field));
    for (let i = 0; i < 12; i++) step();
    const plan = planEdit(past, { now: piece.now, clientId: 9_000, section: null });
    // What is typed while it is being made stays.
    piece.does('b', (doc) => doc.getText('title').insert(0, '«'));
    if (plan?.update) piece.takes('r', plan.update);
    piece.does('b', (doc) => {
      const title = doc.getText('title');
      title.delete(title.toJSON().indexOf('«'), 1);
    });
    expect(readDocument(piece.doc), `run ${run}`).toEqual(wanted);
    expect(
      fields.map((field) => piece.whose(field)),
      `run ${run}`,
    ).toEqual(whose);
  }
});

test('S3 a restore takes out and puts in no more of a title than was changed', () => {
  const piece = new Piece();
  piece.does('a', (doc) => doc.getText('title').insert(0, 'Night buses pay for themselves'));
  const past = newDocument({ gc: false });
  Y.applyUpdate(past, Y.encodeStateAsUpdate(piece.doc));
  piece.does('b', (doc) => {
    const title = doc.getText('title');
    title.delete(6, 6);
    title.insert(10, 'nearly ');
    title.format(0, 5, { bold: true });
  });
  const plan = planEdit(past, { now: piece.now, clientId: 9_000, section: null });
  const copy = newDocument();
  Y.applyUpdate(copy, piece.now);
  const [put, taken]: unknown[][] = [[], []];
  copy.getText('title').observe(({ delta }) => {
    for (const op of delta) {
      if (op.insert !== undefined) put?.push(op.insert);
      if (op.delete !== undefined) taken?.push(op.delete);
    }
  });
  Y.applyUpdate(copy, plan!.update!);
  expect({ put, taken }).toEqual({ put: ['buses '], taken: [7] });
  expect(readDocument(copy)).toEqual(readDocument(past));
});
