import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { stateSince } from '../../server/collab/apply.ts';
import { partOf } from '../../server/collab/updates/update-parts.ts';
import { SimulatedServer } from '../durability/simulated-server.ts';
import { reached, RoomPen, type Outcome } from './room-pen.ts';

type Content = Y.Item['content'];
type Parent = string | Y.ID;

/** A piece in which everything is that an item can refer to, and where. */
const author = new Y.Doc();
author.clientID = 1;
/** The id of what will be written next. */
const next = () => Y.createID(1, Y.getState(author.store, 1));
const notes = author.getMap<Y.Text>('footnotes');
function note(key: string): { note: Y.ID; letter: Y.ID } {
  const text = new Y.Text();
  notes.set(key, text);
  const letter = next();
  text.insert(0, `the note ${key}`);
  return { note: text._item!.id, letter };
}
const body = author.getText('body');
const letter = next();
body.insert(0, 'Words that stand. ');
const deleted = next();
body.insert(0, 'deleted. ');
const title = next();
author.getText('title').insert(0, 'A title');
const standing = note('standing');
const removed = note('removed');
const before = Y.encodeStateAsUpdate(author);
body.delete(0, 9);
notes.delete('removed');
/** Ids that nobody has ever written under, but that are used. */
const unwritten = Y.createID(2, 1);
const missing = Y.createID(9, 5);

/** What the letter with an id stands in; `nowhere`: nothing; `missing`: it is not there. */
const neighbours: Record<string, [id: Y.ID | null, home: string | null]> = {
  none: [null, null],
  'a letter': [letter, 'body'],
  'a deleted letter': [deleted, 'body'],
  'a letter of another text': [title, 'title'],
  'a letter of a note': [standing.letter, 'standing'],
  'a letter of a removed note': [removed.letter, 'removed'],
  'what was never written': [unwritten, 'nowhere'],
  'what is not there': [missing, 'missing'],
};

const parents: Record<string, [parent: Parent, key: string | null, outcome: Outcome]> = {
  'a text': ['body', null, 'saved'],
  'an attribute of a text': ['body', 'key', 'saved'],
  'the map of notes': ['footnotes', 'new', 'saved'],
  'the key of another note': ['footnotes', 'standing', 'saved'],
  'the key of a removed note': ['footnotes', 'removed', 'saved'],
  'another root': ['other', null, 'saved'],
  'a note': [standing.note, null, 'saved'],
  'a removed note': [removed.note, null, 'saved'],
  'a letter': [letter, null, 'closed'],
  'a deleted letter': [deleted, null, 'closed'],
  'what was never written': [unwritten, null, 'closed'],
  'what is not there': [missing, null, 'waiting'],
};

/** These are in texts, and no values of a map. */
const ofText = [Y.ContentString, Y.ContentEmbed, Y.ContentFormat];

/** These are in maps and lists, and in no text. */
const values = [Y.ContentAny, Y.ContentJSON, Y.ContentBinary];

const contents: Record<string, () => Content> = {
  words: () => new Y.ContentString('words'),
  'an embed': () => new Y.ContentEmbed({ footnote: 'x' }),
  'a mark': () => new Y.ContentFormat('bold', true),
  'a text': () => new Y.ContentType(new Y.Text()),
  'a value': () => new Y.ContentAny(['value', 2]),
  'a JSON value': () => new Y.ContentJSON(['value', 2]),
  bytes: () => new Y.ContentBinary(new Uint8Array(3)),
};

/** `home`: what it stands in, or could. */
interface Case {
  readonly what: string;
  readonly make: (content: Content) => Y.Item;
  readonly outcome: Outcome;
  readonly home: 'text' | 'unknown' | 'other';
}

const cases: Case[] = [];
const id = Y.createID(5, 0);
for (const [what, [parent, key, outcome]] of Object.entries(parents)) {
  const place = parent as unknown as Y.AbstractType<unknown>;
  const isText = key === null && (parent === 'body' || parent === standing.note);
  cases.push({
    what: `in ${what}`,
    make: (c) => new Y.Item(id, null, null, null, null, place, key, c),
    outcome,
    home: isText ? 'text' : parent === missing ? 'unknown' : 'other',
  });
}
for (const [left, [origin, one]] of Object.entries(neighbours)) {
  for (const [right, [rightOrigin, other]] of Object.entries(neighbours)) {
    if (origin === null && rightOrigin === null) continue;
    const homes = new Set([one, other].filter((home) => home !== null));
    let outcome: Outcome = homes.size === 1 && !homes.has('nowhere') ? 'saved' : 'closed';
    if (homes.has('missing')) outcome = 'waiting';
    const isText = ['body', 'title', 'standing'].some((home) => homes.has(home));
    cases.push({
      what: `behind ${left}, before ${right}`,
      make: (c) => new Y.Item(id, null, origin, null, rightOrigin, null, null, c),
      outcome,
      home: isText ? 'text' : (one ?? other) === 'missing' ? 'unknown' : 'other',
    });
  }
}

const updateOf = (struct: Y.Item | Y.GC) =>
  partOf({ structs: [struct], ds: { clients: new Map() } }, () => true, false)!;

async function startServer(): Promise<SimulatedServer> {
  const server = new SimulatedServer();
  await server.start();
  const pen = new RoomPen(server);
  const gap = updateOf(new Y.GC(Y.createID(2, 0), 3));
  for (const update of [before, Y.encodeStateAsUpdate(author), gap]) {
    pen.post(update);
    expect(await pen.outcome()).toBe('saved');
  }
  return server;
}

/** A newcomer gets what was sent, or it is in what somebody has deleted, and the journal has it. */
function expectKept(server: SimulatedServer, content: Content, about: string): void {
  const newcomer = server.opened();
  const item = Y.getItem(newcomer.store, id);
  if (reached(newcomer).has(item)) return;
  const written = Y.getItem(server.everWritten().store, id);
  expect(written.content.constructor, about).toBe(content.constructor);
  const { parent, parentSub } = written;
  const inDeleted = (parent as Y.AbstractType<unknown>)._item?.deleted === true;
  // A later value of a map takes the place of an earlier one.
  expect(inDeleted || parentSub !== null || written.deleted, about).toBe(true);
}

test.each(Object.entries(contents))(
  'D2 %s: saved is said where a newcomer gets it or somebody has deleted what it is in, and nowhere else',
  async (_kind, make) => {
    for (const { what, make: item, outcome: expected, home } of cases) {
      const server = await startServer();
      const pen = new RoomPen(server);
      const content = make();
      pen.post(updateOf(item(make())));
      const outcome = await pen.outcome();
      const astray = item(content).parentSub !== null && ofText.some((of) => content instanceof of);
      const isValue = values.some((of) => content instanceof of);
      const inText = isValue && home !== 'other';
      expect(outcome, what).toBe(astray || inText ? 'closed' : expected);
      // Its client comes back with all that it has, by which it can be told.
      if (isValue && home === 'unknown') expect(pen.code, what).toBe(1013);
      if (outcome === 'saved') expectKept(server, content, what);
      // The room is as good as before.
      const other = new RoomPen(server);
      const doc = new Y.Doc();
      Y.applyUpdate(doc, stateSince(server.room.doc));
      const had = Y.encodeStateVector(doc);
      doc.getText('body').insert(doc.getText('body').length, 'More.');
      other.post(Y.encodeStateAsUpdate(doc, had));
      expect(await other.outcome(), what).toBe('saved');
      expect(server.opened().getText('body').toJSON(), what).toMatch(/More\.$/);
    }
  },
);
