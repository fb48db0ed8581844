import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { readUpdate } from '../../server/collab/updates/read-update.ts';
import { contradicts, WaitingStructs } from '../../server/collab/updates/same-words.ts';
import { standsNowhere } from '../../server/collab/updates/stands-nowhere.ts';
import { bytes } from '../engine/broken-updates.ts';
import { runSeed, seeded, type Random } from '../support/random.ts';

/** Something that people, or programs, do to a document. */
function change(doc: Y.Doc, random: Random): void {
  const body = doc.getText('body');
  const notes = doc.getMap<Y.Text>('footnotes');
  const at = random.int(body.length + 1);
  const length = Math.min(body.length - at, 1 + random.int(4));
  const id = `n${random.int(3)}`;
  const act = random.int(10);
  if (act < 4) body.insert(at, random.pick(['word ', '🙂🙃', 'é', '\n', 'a longer one, ']));
  else if (act === 4) body.delete(at, length);
  else if (act === 5) body.format(at, length, { [random.pick(['bold', 'link'])]: random.int(2) });
  else if (act === 6) body.insertEmbed(at, { footnote: id, b: 1, 7: [Number.NaN] });
  else if (act === 7) notes.set(id, new Y.Text('a note'));
  else if (act === 8) notes.get(id)?.insert(0, 'more in ');
  else doc.getMap('meta').set('tags', [{ a: Number.NaN, b: undefined }, 'x', 2n]);
}

test.each(Array.from({ length: 20 }, (_, i) => i))(
  'what honest copies send, in any order, twice, whole or in part, deleted or collected meanwhile, contradicts nothing (%i)',
  (run) => {
    const seed = runSeed() + run;
    const random = seeded(seed);
    const server = new Y.Doc();
    const waiting = new WaitingStructs();
    const copies = [new Y.Doc(), new Y.Doc(), new Y.Doc({ gc: false })];
    const sent: Uint8Array[] = [];
    const post = (update: Uint8Array) => sent.push(update);
    const deliver = (update: Uint8Array) => {
      const read = readUpdate(update);
      expect(contradicts(server, read, waiting), `SEED=${seed}`).toBe(false);
      expect(standsNowhere(server, read), `SEED=${seed}`).toBe(false);
      Y.applyUpdate(server, update);
    };
    for (const copy of copies) {
      copy.clientID = 1 + random.int(1e9);
      copy.on('update', post);
    }
    for (let step = 0; step < 150; step++) {
      const copy = random.pick(copies);
      change(copy, random);
      const other = random.pick(copies);
      if (random.int(3) === 0) Y.applyUpdate(copy, Y.encodeStateAsUpdate(other));
      if (random.int(3) === 0) {
        // All or the end of what a copy has, from anywhere in the middle of a word.
        const from = new Map<number, number>();
        for (const [client, clock] of Y.decodeStateVector(Y.encodeStateVector(copy))) {
          if (random.int(2) === 0) from.set(client, random.int(clock + 1));
        }
        post(Y.encodeStateAsUpdate(copy, Y.encodeStateVector(from)));
      }
      if (sent.length > 0 && random.int(4) === 0)
        post(Y.mergeUpdates([random.pick(sent), random.pick(sent)]));
      if (sent.length > 0) deliver(random.pick(sent));
      if (random.int(10) === 0) Y.applyUpdate(copy, Y.encodeStateAsUpdate(server));
    }
    for (const update of sent) deliver(update);
  },
);

test.each([
  ['letters', (body: Y.Text) => body.insert(0, 'abd')],
  ['a mark', (body: Y.Text) => body.insert(0, 'abc', { bold: true })],
  ['an embed', (body: Y.Text) => body.insertEmbed(0, { divider: true })],
  ['another place', (body: Y.Text) => body.doc!.getText('title').insert(0, 'abc')],
])('%s under ids at which others stand contradict them', (_what, write) => {
  const one = new Y.Doc();
  const other = new Y.Doc();
  one.clientID = other.clientID = 7;
  one.getText('body').insert(0, 'abc');
  write(other.getText('body'));
  const [first, second] = [one, other].map((doc) => Y.encodeStateAsUpdate(doc));
  const knows = new Y.Doc();
  Y.applyUpdate(knows, first!);
  expect(contradicts(knows, readUpdate(second!), new WaitingStructs())).toBe(true);
  expect(contradicts(knows, readUpdate(first!), new WaitingStructs())).toBe(false);
  expect(contradicts(new Y.Doc(), readUpdate(second!), new WaitingStructs())).toBe(false);
});

test.each([
  ['a text that stands', () => root('body')],
  ['a letter that stands', (note: Y.Item) => behind(Y.createID(note.id.client, 0))],
])('words of a note that was thrown away do not come again in %s', (_what, place) => {
  const author = new Y.Doc();
  author.getText('body').insert(0, 'Standing. ');
  const notes = author.getMap<Y.Text>('footnotes');
  notes.set('n', new Y.Text());
  const note = notes.get('n')!._item!;
  notes.get('n')!.insert(0, 'abc');
  const honest = Y.encodeStateAsUpdate(author);
  notes.delete('n');
  const server = new Y.Doc();
  Y.applyUpdate(server, Y.encodeStateAsUpdate(author));
  const clock = note.id.clock + 1;
  expect(Y.getItem(server.store, Y.createID(author.clientID, clock))).toBeInstanceOf(Y.GC);
  const says = (update: Uint8Array) =>
    contradicts(server, readUpdate(update), new WaitingStructs());
  expect(says(honest)).toBe(false);
  // Yjs would hang the last of them behind what is gone, where no text has them.
  expect(says(bytes(1, 1, author.clientID, clock, ...place(note), 'abcdef', 0))).toBe(true);
});

const root = (name: string) => [Uint8Array.of(0x04), 1, name] as const;
const behind = ({ client, clock }: Y.ID) => [Uint8Array.of(0x84), client, clock] as const;
