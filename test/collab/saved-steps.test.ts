import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { stateSince } from '../../server/collab/apply.ts';
import { SimulatedServer } from '../durability/simulated-server.ts';
import { runSeed, seeded, type Random } from '../support/random.ts';
import { rounds } from '../support/test-length.ts';
import { reached, RoomPen } from './room-pen.ts';

/** Somebody with a copy of the piece, and a connection. */
interface Desk {
  readonly doc: Y.Doc;
  pen: RoomPen;
  readonly undo: Y.UndoManager;
  readonly sent: Uint8Array[];
  /** The messages of the present connection. */
  messages: Uint8Array[];
  reported: number;
}

/** Each letter that is written is another one. */
class World {
  readonly server = new SimulatedServer();
  readonly random: Random;
  readonly desks: Desk[] = [];
  /** The ids that somebody has deleted. */
  readonly deleted = new Set<string>();
  /** What was called saved: letters, and their ids. */
  readonly reported = new Map<string, string>();
  closed = 0;
  #letters = 0;
  #notes = 0;

  /** Whether two may write with one clientID. */
  readonly twins: boolean;

  constructor(random: Random, { twins }: { twins: boolean }) {
    this.random = random;
    this.twins = twins;
  }

  letters(): string {
    const count = 1 + this.random.int(3);
    return Array.from({ length: count }, () => String.fromCodePoint(0x4e00 + this.#letters++)).join(
      '',
    );
  }

  state(): Uint8Array {
    return stateSince(this.server.room.doc);
  }

  /** `twin`: it goes on with the clientID and the copy of that one, as a cloned machine does. */
  seat(twin?: Desk): Desk {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, twin === undefined ? this.state() : Y.encodeStateAsUpdate(twin.doc));
    doc.getText('body');
    if (twin !== undefined) doc.clientID = twin.doc.clientID;
    else doc.clientID = 1 + this.random.int(1e9);
    const undo = new Y.UndoManager(doc.getText('body'), { captureTimeout: 0 });
    const pen = new RoomPen(this.server);
    const desk: Desk = {
      ...{ doc, pen, undo, sent: [], messages: [], reported: 0 },
    };
    doc.on('update', (update: Uint8Array, origin) => {
      if (origin !== 'taken') this.send(desk, update);
    });
    this.desks.push(desk);
    return desk;
  }

  send(desk: Desk, update: Uint8Array, step: 'update' | 'step2' = 'update'): void {
    if (desk.pen.code !== null) return;
    desk.sent.push(update);
    for (const id of deletedIn(update)) this.deleted.add(id);
    desk.messages.push(update);
    desk.pen.post(update, step);
  }

  /** A connection that comes back sends what the server does not have. */
  reconnect(desk: Desk): void {
    desk.pen = new RoomPen(this.server);
    desk.messages = [];
    desk.reported = 0;
    const has = Y.encodeStateVector(this.server.room.doc);
    this.send(desk, Y.encodeStateAsUpdate(desk.doc, has), 'step2');
  }

  take(desk: Desk, update: Uint8Array): void {
    const { clientID } = desk.doc;
    // A document that meets its own clientID would take another.
    desk.doc.clientID = 0;
    try {
      Y.applyUpdate(desk.doc, update, 'taken');
    } catch (error) {
      this.beginAnew(desk, error);
    }
    desk.doc.clientID = clientID;
  }

  /**
   * A copy that has other words under an id than the piece may not be able to read that, and to be edited:
   * that person begins anew, as after a reload. Others' copies have no such excuse.
   */
  beginAnew(desk: Desk, error: unknown): void {
    if (!this.twins) throw error;
    this.desks.splice(this.desks.indexOf(desk), 1);
    this.seat();
  }

  act(desk: Desk): void {
    try {
      this.edit(desk);
    } catch (error) {
      this.beginAnew(desk, error);
    }
  }

  edit(desk: Desk): void {
    const { random } = this;
    const body = desk.doc.getText('body');
    const notes = desk.doc.getMap<Y.Text>('footnotes');
    const act = random.int(12);
    const at = random.int(body.length + 1);
    if (act < 4) body.insert(at, this.letters());
    else if (act < 6) body.delete(at, Math.min(body.length - at, 1 + random.int(6)));
    else if (act === 6) desk.undo.undo();
    else if (act === 7) desk.undo.redo();
    else if (act === 8) this.write(notes, `n${this.#notes++}`);
    else if (notes.size > 0) {
      const key = random.pick([...notes.keys()]);
      if (act < 11) this.write(notes, key);
      else notes.delete(key);
    }
  }

  write(notes: Y.Map<Y.Text>, key: string): void {
    const note = notes.get(key) ?? notes.set(key, new Y.Text());
    // In the copy of somebody whose clientID another has, letters come to stand anywhere.
    if (!(note instanceof Y.Text)) return;
    note.insert(this.random.int(note.length + 1), this.letters());
  }

  /** As it was sent: the first letter of a note names that as its parent, the others what is left of them. */
  rowWith(letter: string): Y.Item | undefined {
    const items = this.server.rows
      .flatMap(({ update }) => Y.decodeUpdate(update).structs)
      .filter((struct) => struct instanceof Y.Item);
    const has = ({ content }: Y.Item) =>
      content instanceof Y.ContentString && content.str.includes(letter);
    let item = items.find(has);
    while (item?.origin != null) {
      const { client, clock } = item.origin;
      item = items.find(
        ({ id, length }) => id.client === client && id.clock <= clock && clock < id.clock + length,
      );
    }
    return item;
  }

  /** Every letter that was called saved is had by a newcomer, or has been deleted by somebody. */
  check(about: string): void {
    for (const desk of this.desks) {
      const { saved } = desk.pen;
      for (const update of desk.messages.slice(desk.reported, saved)) {
        for (const [letter, id] of lettersIn(update)) this.reported.set(letter, id);
      }
      desk.reported = saved;
    }
    const [seen, written] = [lettersOf(this.server.opened()), writtenIn(this.server.everWritten())];
    for (const [letter, id] of this.reported) {
      const item = written.get(letter);
      // What came into a note whose own row says that it is deleted is in its row, and in no document.
      const row = item === undefined ? this.rowWith(letter) : null;
      expect(item ?? row, `${about}: ${letter} is in the journal`).toBeDefined();
      const note = item === undefined ? row!.parent : ((item.parent as Y.Text)._item?.id ?? null);
      const gone = note instanceof Y.ID && this.deleted.has(`${note.client}:${note.clock}`);
      expect(
        seen.has(letter) || this.deleted.has(id) || gone,
        `${about}: a newcomer gets ${letter}`,
      ).toBe(true);
    }
  }
}

function lettersOf(doc: Y.Doc): Set<string> {
  for (const note of doc.getMap('footnotes').values()) expect(note).toBeInstanceOf(Y.Text);
  const contents = [...reached(doc)].map(({ content }) => content);
  return new Set(contents.map((c) => (c instanceof Y.ContentString ? c.str : '')).join(''));
}

/** The letters of an update that it does not itself say are deleted. */
function lettersIn(update: Uint8Array): [letter: string, id: string][] {
  const deleted = new Set(deletedIn(update));
  return Y.decodeUpdate(update).structs.flatMap((struct) => {
    if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) return [];
    const { client, clock } = struct.id;
    const letters = [...struct.content.str];
    return letters
      .map((letter, i): [string, string] => [letter, `${client}:${clock + i}`])
      .filter(([, id]) => !deleted.has(id));
  });
}

function deletedIn(update: Uint8Array): string[] {
  return [...Y.decodeUpdate(update).ds.clients].flatMap(([client, ranges]) =>
    ranges.flatMap(({ clock, len }) =>
      Array.from({ length: len }, (_, i) => `${client}:${clock + i}`),
    ),
  );
}

function writtenIn(doc: Y.Doc): Map<string, Y.Item> {
  const found = new Map<string, Y.Item>();
  for (const list of doc.store.clients.values()) {
    for (const struct of list) {
      if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) continue;
      for (const letter of struct.content.str) found.set(letter, struct);
    }
  }
  return found;
}

async function step(world: World): Promise<void> {
  const { random, server, desks, twins } = world;
  const desk = random.pick(desks);
  const act = random.int(20);
  if (act < 9) world.act(desk);
  else if (act < 13) world.take(desk, world.state());
  else if (act === 13 && desk.sent.length > 0) {
    world.send(desk, random.pick(desk.sent), random.pick(['update', 'step2']));
  } else if (act === 14) world.reconnect(desk);
  else if (act === 15) world.send(desk, Y.encodeStateAsUpdate(desk.doc), 'step2');
  else if (act === 16 && twins) {
    // Two go on from one copy with one clientID.
    const at = random.int(desks.length);
    if (at > 0) desks.splice(at, 1);
    world.seat(random.pick(desks));
  } else if (act === 17) {
    // What another has deleted before it was ever saved cannot be told from a twin's words.
    if (!twins) for (const each of desks) await each.pen.outcome();
    server.crash({ committed: random.int(2) === 0 });
    await server.start();
    for (const each of desks) world.reconnect(each);
  } else {
    for (const each of desks) await each.pen.outcome();
  }
  for (const each of desks) {
    if (each.pen.code === null) continue;
    world.closed++;
    world.reconnect(each);
  }
}

const runs = Array.from({ length: rounds(3) }, (_, run) => run);

test.each(runs)(
  'D2 with two who write with one clientID, others who delete, undo, come back, and a server that is killed and packs: saved is said of nothing that a newcomer would not get (%i)',
  async (run) => {
    const seed = runSeed() + run;
    const world = new World(seeded(seed), { twins: true });
    await world.server.start();
    world.seat(world.seat());
    world.seat();
    for (let at = 0; at < 150; at++) {
      await step(world);
      world.check(`SEED=${seed}, step ${at}`);
    }
    expect(world.reported.size, `SEED=${seed}`).toBeGreaterThan(0);
    expect(world.closed, `SEED=${seed}`).toBeGreaterThan(0);
  },
);

test.each(runs)(
  'R3 the same where each has a clientID: nobody is closed, and all is saved in the end (%i)',
  async (run) => {
    const seed = runSeed() + run;
    const world = new World(seeded(seed), { twins: false });
    await world.server.start();
    for (let i = 0; i < 3; i++) world.seat();
    for (let at = 0; at < 150; at++) {
      await step(world);
      world.check(`SEED=${seed}, step ${at}`);
      expect(world.closed, `SEED=${seed}, step ${at}`).toBe(0);
    }
    for (const each of world.desks) {
      world.reconnect(each);
      expect(await each.pen.outcome(), `SEED=${seed}`).toBe('saved');
    }
  },
);
