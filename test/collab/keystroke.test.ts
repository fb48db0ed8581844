import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { applyUpdate, putKeystroke } from '../../server/collab/apply.ts';
import { costOf } from '../../server/collab/updates/cost.ts';
import { placeOfKeystroke, readKeystroke } from '../../server/collab/updates/keystroke.ts';
import { readUpdate } from '../../server/collab/updates/read-update.ts';
import { contradicts, WaitingStructs } from '../../server/collab/updates/same-words.ts';
import { standsNowhere } from '../../server/collab/updates/stands-nowhere.ts';
import { waitingDeletions } from '../../server/collab/writing/waiting-deletions.ts';
import { newDocument } from '../../shared/document/new-document.ts';
import { runSeed, seeded, type Random } from '../support/random.ts';
import { rounds } from '../support/test-length.ts';

/** Mostly typing on, and everything that gets in its way. */
function change(doc: Y.Doc, carets: Map<Y.Doc, number>, random: Random): void {
  const notes = doc.getMap<Y.Text>('footnotes');
  const text =
    random.int(8) === 0
      ? (notes.get(`n${random.int(2)}`) ?? doc.getText('title'))
      : doc.getText('body');
  const caret = Math.min(carets.get(doc) ?? 0, text.length);
  const act = random.int(40);
  if (act < 28) {
    const word = random.pick(['a', 'é', '🙂', '字', '\n', 'pasted']);
    text.insert(caret, word);
    carets.set(doc, caret + word.length);
  } else if (act < 32) carets.set(doc, random.int(text.length + 1));
  else if (act < 36 && caret > 0) {
    text.delete(caret - 1, 1);
    carets.set(doc, caret - 1);
  } else if (act === 36) text.format(0, Math.min(text.length, 3), { bold: random.int(2) === 0 });
  else if (act === 37) text.insertEmbed(caret, { footnote: 'n0' });
  else if (act === 38) notes.set(`n${random.int(2)}`, new Y.Text('a note'));
  else notes.delete(`n${random.int(2)}`);
}

const sorted = (doc: Y.Doc) => Buffer.from(Y.encodeStateAsUpdate(doc)).toString('hex');

test.each(Array.from({ length: rounds(4) }, (_, i) => i))(
  'R3 what goes the short way of a keystroke does to a document just what it does by the long one (%i)',
  (run) => {
    const seed = runSeed() + run;
    const random = seeded(seed);
    const [short, long] = [newDocument(), newDocument()];
    const waiting = new WaitingStructs();
    const carets = new Map<Y.Doc, number>();
    const copies = [1, 2, 3].map(() => newDocument());
    const sent: { from: Y.Doc; update: Uint8Array }[] = [];
    for (const copy of copies) {
      copy.on('update', (update: Uint8Array, origin: unknown) => {
        if (origin !== 'server') sent.push({ from: copy, update });
      });
    }
    let taken = 0;
    const deliver = (update: Uint8Array, from: Y.Doc) => {
      const keystroke = readKeystroke(update);
      const mayGo = keystroke !== null && waitingDeletions(short).count === 0;
      const place = mayGo ? placeOfKeystroke(short, keystroke) : null;
      const isKnown = () => contradicts(long, readUpdate(update), waiting);
      if (isKnown() || standsNowhere(long, readUpdate(update))) {
        expect(place, `SEED=${seed}`).toBeNull();
        return;
      }
      const cost = costOf(long, readUpdate(update));
      const applied = applyUpdate(long, update, null);
      if (keystroke === null || place === null) applyUpdate(short, update, null);
      else {
        taken++;
        putKeystroke(short, keystroke, place, null);
        expect(Buffer.compare(applied.effect ?? Buffer.of(), update), `SEED=${seed}`).toBe(0);
        expect(applied, `SEED=${seed}`).toMatchObject({ ahead: null, more: false });
        expect(cost, 'it looks for no place').toBeLessThan(2);
      }
      expect(sorted(short), `SEED=${seed}`).toBe(sorted(long));
      for (const copy of copies) if (copy !== from) Y.applyUpdate(copy, update, 'server');
    };
    for (let step = 0; step < 300; step++) {
      for (let keys = random.int(4); keys >= 0; keys--) {
        change(random.pick(copies), carets, random);
      }
      // Some come late, and in another order.
      while (sent.length > random.int(6)) {
        const [next] = sent.splice(random.int(3) === 0 ? random.int(sent.length) : 0, 1);
        if (next !== undefined) deliver(next.update, next.from);
      }
    }
    expect(short.getText('body').toDelta()).toEqual(long.getText('body').toDelta());
    expect(taken, `SEED=${seed}`).toBeGreaterThan(50);
  },
);

test('R3 what is read as a keystroke can be read as an update, and says the same there', () => {
  const seed = runSeed();
  const random = seeded(seed);
  const doc = newDocument();
  const keys: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => keys.push(update));
  for (const word of ['a', 'b', 'ü', '字', '🙂', 'c\u0000d']) {
    doc.getText('body').insert(random.int(doc.getText('body').length + 1), word);
  }
  let read = 0;
  for (let round = 0; round < rounds(5_000); round++) {
    const bytes = Uint8Array.from(random.pick(keys));
    for (let faults = random.int(3); faults > 0; faults--) {
      bytes[random.int(bytes.length)] = random.pick([
        0,
        1,
        4,
        0x7f,
        0x80,
        0x84,
        0xc4,
        0xff,
        random.int(256),
      ]);
    }
    const update = random.int(4) === 0 ? bytes.subarray(0, random.int(bytes.length + 1)) : bytes;
    const keystroke = readKeystroke(update);
    if (keystroke === null) continue;
    read++;
    const { structs, ds } = readUpdate(update);
    const { id, origin, rightOrigin, content } = structs[0] as Y.Item;
    expect([structs.length, ds.clients.size], `SEED=${seed}`).toEqual([1, 0]);
    expect({ ...id, origin, rightOrigin, text: (content as Y.ContentString).str }).toEqual(
      keystroke,
    );
  }
  expect(read).toBeGreaterThan(rounds(200));
});

test('R3 what is no keystroke, or has to look for its place, goes the long way', () => {
  const [server, ann, bob] = [newDocument(), newDocument(), newDocument()];
  const last = (doc: Y.Doc, act: (text: Y.Text) => void): Uint8Array => {
    let update: Uint8Array = Buffer.of();
    doc.once('update', (made: Uint8Array) => (update = made));
    act(doc.getText('body'));
    return update;
  };
  const place = (update: Uint8Array) => {
    const keystroke = readKeystroke(update);
    return keystroke === null ? null : placeOfKeystroke(server, keystroke);
  };
  const first = last(ann, (text) => text.insert(0, 'a'));
  expect(readKeystroke(first), 'the first letter of a text').toBeNull();
  Y.applyUpdate(server, first);
  Y.applyUpdate(bob, first);
  const second = last(ann, (text) => text.insert(1, 'b'));
  expect(place(second)).not.toBeNull();
  const bobs = last(bob, (text) => text.insert(1, 'c'));
  expect(place(bobs), 'the first words of a clientID').toBeNull();
  Y.applyUpdate(server, bobs);
  expect(place(second), 'others wrote there').toBeNull();
  Y.applyUpdate(server, second);
  expect(place(second), 'it is there').toBeNull();
  const third = last(ann, (text) => text.insert(2, 'd'));
  const fourth = last(ann, (text) => text.insert(3, 'e'));
  expect(place(fourth), 'what comes before it is missing').toBeNull();
  Y.applyUpdate(server, fourth);
  expect(place(third), 'something waits').toBeNull();
  expect(readKeystroke(last(ann, (text) => text.delete(0, 1))), 'a deletion').toBeNull();
});
