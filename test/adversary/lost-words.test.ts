import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { stateSince } from '../../server/collab/apply.ts';
import { RoomPen } from '../collab/room-pen.ts';
import { SimulatedServer } from '../durability/simulated-server.ts';
import { runSeed, seeded, type Random } from '../support/random.ts';
import { lettersBy } from './letters-by.ts';
import { writtenWith } from './piece-in-memory.ts';

const runs = 150;
const stepsOfRun = 120;

test(
  `A2 P2 row 12: whatever two people send and pass on, the database stalled, crashes and orderly ends included, ${runs} runs: nobody’s letters are under another’s name`,
  { timeout: 600_000 },
  async () => {
    const first = runSeed();
    let [named, nobodys] = [0, 0];
    for (let seed = first; seed < first + runs; seed++) {
      const run = new Run(seeded(seed));
      await run.go().catch((cause: unknown) => {
        throw new Error(`To repeat this run: SEED=${seed}`, { cause });
      });
      named += run.named;
      nobodys += run.nobodys;
    }
    // It tells something only while letters are passed on that the journal does not have.
    expect(named).toBeGreaterThan(10 * runs);
    expect(nobodys).toBeGreaterThan(runs / 2);
  },
);

/** Each letter is written once, by one of them. */
const firstLetters = { ann: 0x4e00, bob: 0x6e00 };
type Name = keyof typeof firstLetters;

/** Somebody with a page that is open, and a connection or none. */
interface Page {
  doc: Y.Doc;
  pen: RoomPen | null;
  letters: number;
}

class Run {
  named = 0;
  nobodys = 0;
  readonly #random: Random;
  readonly #server = new SimulatedServer();
  readonly #pages: Record<Name, Page>;

  constructor(random: Random) {
    this.#random = random;
    const page = () => ({ doc: this.#newDoc(), pen: null, letters: 0 });
    this.#pages = { ann: page(), bob: page() };
  }

  async go(): Promise<void> {
    await this.#server.start();
    for (let i = 0; i < stepsOfRun; i++) await this.#step();
    await this.#server.stop();
    for (const [user, letters] of await lettersBy(this.#server.rows, this.#server.clientIds)) {
      for (const letter of letters) {
        const author = letter.charCodeAt(0) < firstLetters.bob ? 'ann' : 'bob';
        if (user === null) this.nobodys++;
        else {
          this.named++;
          expect(user, letter).toBe(author);
        }
      }
    }
  }

  async #step(): Promise<void> {
    const random = this.#random;
    const name = random.pick(['ann', 'bob'] as const);
    const page = this.#pages[name];
    if (page.pen?.code != null) page.pen = null;
    switch (random.int(12)) {
      case 0:
        await this.#restart();
        break;
      case 1:
      case 2:
        this.#server.commit();
        await turn();
        break;
      case 3:
        this.#reload(page);
        break;
      case 4:
        page.pen?.leave();
        page.pen = null;
        break;
      case 5:
      case 6:
        this.#hear(page);
        break;
      case 7:
      case 8:
        if (page.pen === null) this.#comesBack(name, page);
        else this.#passOn(page);
        break;
      default:
        this.#type(name, page);
    }
  }

  async #restart(): Promise<void> {
    if (this.#random.int(2) === 0) await this.#server.stop();
    else this.#server.crash({ committed: this.#random.int(2) === 0 });
    for (const page of Object.values(this.#pages)) page.pen = null;
    await this.#server.start();
  }

  /** A clientID is made up by chance when a page is loaded. */
  #newDoc(): Y.Doc {
    const doc = new Y.Doc();
    doc.clientID = 1 + this.#random.int(2 ** 30);
    return doc;
  }

  /** What only this page had is gone, but for who has seen it. */
  #reload(page: Page): void {
    page.pen?.leave();
    page.pen = null;
    page.doc = this.#newDoc();
  }

  /** What waits in the server's document is told to nobody. */
  #hear({ doc, pen }: Page): void {
    if (pen !== null) Y.applyUpdate(doc, stateSince(this.#server.room.doc));
  }

  /** With a cursor, or as a program without one; and with all that the server does not have. */
  #comesBack(name: Name, page: Page): void {
    page.pen = new RoomPen(this.#server, name);
    if (this.#random.int(3) > 0) page.pen.speak(page.doc.clientID);
    const { doc } = this.#server.room;
    page.pen.post(Y.encodeStateAsUpdate(page.doc, Y.encodeStateVector(doc)), 'step2');
    this.#hear(page);
  }

  /** Any part of what they have, again. */
  #passOn({ doc, pen }: Page): void {
    const known = Y.decodeStateVector(Y.encodeStateVector(doc));
    for (const [client, end] of known) known.set(client, this.#random.int(end + 1));
    const from = this.#random.int(2) === 0 ? new Map<number, number>() : known;
    pen?.post(Y.encodeStateAsUpdate(doc, Y.encodeStateVector(from)), 'step2');
  }

  #type(name: Name, page: Page): void {
    const random = this.#random;
    const update = writtenWith(page.doc, page.doc.clientID, () => {
      const body = page.doc.getText('body');
      const at = random.int(body.length + 1);
      if (random.int(6) === 0 && at < body.length) body.delete(at, 1);
      else body.insert(at, String.fromCodePoint(firstLetters[name] + page.letters++));
    });
    page.pen?.post(update);
  }
}
