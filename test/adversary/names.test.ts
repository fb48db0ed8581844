import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { encodePresenceEntry, joinPresence } from '../../shared/protocol/presence.ts';
import { runSeed, seeded, type Random } from '../support/random.ts';
import { PieceInMemory, writtenWith, type Sender } from './piece-in-memory.ts';

const runs = 60;
const stepsOfRun = 120;

test(
  `A2 P2 rows 11 and 12: whatever one person sends, refused edits applied and crashes included, ${runs} runs: no letter of theirs is under another’s name`,
  { timeout: 600_000 },
  async () => {
    const first = runSeed();
    let [sent, applied] = [0, 0];
    for (let seed = first; seed < first + runs; seed++) {
      const run = new Run(seeded(seed));
      await run.go().catch((cause: unknown) => {
        throw new Error(`To repeat this run: SEED=${seed}`, { cause });
      });
      sent += run.standing;
      applied += run.applied;
    }
    // The attack is one only while some of it gets in.
    expect(sent).toBeGreaterThan(runs);
    expect(applied).toBeGreaterThan(runs / 4);
  },
);

/** Eve's letters are each written once, by her alone. */
const firstLetter = 0x4e00;

class Run {
  readonly piece = new PieceInMemory();
  /** Of Eve's letters, how many stand in the end; and how many of her refused edits were applied. */
  standing = 0;
  applied = 0;
  readonly #random: Random;
  #ann = new Y.Doc();
  #annSends: Sender | null = null;
  #eve = new Y.Doc();
  #eveSends: Sender | null = null;
  #held: Uint8Array[] = [];
  #letters = 0;
  #clock = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#ann.clientID = 1 + random.int(1_000);
  }

  async go(): Promise<void> {
    await this.piece.open();
    await this.piece.room.edits.edit(null, (doc) => doc.getText('body').insert(0, 'A text.\n'));
    for (let i = 0; i < stepsOfRun; i++) await this.#step();
    await this.piece.room.refusals.flushed();
    for (const row of [...this.piece.kept.values()]) await this.#apply(row);
    await this.piece.room.journal.whenSaved();
    for (const [user, letters] of await this.piece.lettersBy()) {
      const hers = [...letters].filter((letter) => letter.charCodeAt(0) >= firstLetter);
      const theirs = hers.filter((letter) => letter !== '\ufffc');
      if (user === 'eve') this.standing += theirs.length;
      // What somebody passed on after a crash, with no name on it, is in nobody's.
      else if (user !== null) expect(theirs, `attributed to ${user}`).toEqual([]);
    }
  }

  async #step(): Promise<void> {
    const random = this.#random;
    switch (random.int(12)) {
      case 0:
      case 1:
        this.#annTypes();
        break;
      case 2:
        this.#annComes();
        break;
      case 3:
        this.#annSends = null;
        break;
      case 4:
        this.#annReloads();
        break;
      case 5:
        if (random.int(3) === 0) await this.#restart();
        break;
      case 6: {
        await this.piece.room.refusals.flushed();
        const rows = [...this.piece.kept.values()];
        if (rows.length > 0) await this.#apply(random.pick(rows));
        break;
      }
      case 7:
        await turn();
        await turn();
        break;
      default:
        this.#eveActs();
    }
  }

  #annTypes(): void {
    const update = writtenWith(this.#ann, this.#ann.clientID, () => {
      const body = this.#ann.getText('body');
      body.insert(this.#random.int(body.length + 1), this.#random.pick(['a', 'b', 'c ']));
    });
    if (this.#annSends?.({ type: 'update', update }) === false) this.#annReloads();
  }

  #annComes(): void {
    const { piece } = this;
    this.#annSends = piece.join('ann');
    this.#speak(this.#annSends, this.#ann.clientID);
    Y.applyUpdate(this.#ann, Y.encodeStateAsUpdate(piece.room.doc));
    const update = Y.encodeStateAsUpdate(this.#ann, Y.encodeStateVector(piece.room.doc));
    if (!this.#annSends({ type: 'step2', update })) this.#annReloads();
  }

  /** A new page, with a clientID that everybody sees before anything is written with it. */
  #annReloads(): void {
    this.#ann = new Y.Doc();
    Y.applyUpdate(this.#ann, Y.encodeStateAsUpdate(this.piece.room.doc));
    // A clientID is made up by chance when a page is loaded; nobody knows it before.
    this.#ann.clientID = 2_000 + this.#random.int(2 ** 30);
    this.#annSends = this.piece.join('ann');
    this.#speak(this.#annSends, this.#ann.clientID);
  }

  async #restart(): Promise<void> {
    // With what is on its way, or without.
    if (this.#random.int(2) === 0) await this.piece.room.journal.whenSaved();
    await this.piece.room.refusals.flushed();
    this.#annSends = null;
    this.#eveSends = null;
    await this.piece.open({ inOrder: this.#random.int(3) === 0 });
  }

  #eveActs(): void {
    const random = this.#random;
    const { piece } = this;
    if (this.#eveSends === null || random.int(10) === 0) {
      this.#eve = new Y.Doc();
      this.#eveSends = piece.join('eve');
    }
    Y.applyUpdate(this.#eve, Y.encodeStateAsUpdate(piece.room.doc));
    const id = random.pick([
      ...[this.#ann.clientID, this.#ann.clientID, this.#ann.clientID],
      ...[piece.room.doc.clientID, 500_001, 500_002, 500_003],
      ...piece.clientIds.keys(),
    ]);
    if (random.int(8) === 0) this.#speak(this.#eveSends, id);
    const update = writtenWith(this.#eve, id, () => this.#eveEdits());
    const type = random.pick(['update', 'step2'] as const);
    // Out of order, or a second time, or all that she has.
    if (random.int(5) === 0) this.#held.push(update);
    else if (!this.#eveSends({ type, update })) this.#eveSends = null;
    if (random.int(6) === 0) {
      const late = this.#held.pop() ?? Y.encodeStateAsUpdate(this.#eve);
      if (this.#eveSends?.({ type: 'step2', update: late }) === false) this.#eveSends = null;
    }
  }

  #eveEdits(): void {
    const random = this.#random;
    const body = this.#eve.getText('body');
    const at = random.int(body.length + 1);
    const length = Math.min(random.int(4), body.length - at);
    switch (random.int(6)) {
      case 0:
        body.delete(at, length);
        break;
      case 1:
        body.format(at, length, { bold: random.pick([true, null]) });
        break;
      case 2: {
        // Imitates a move, with a letter of her own in what is moved.
        const moved = body.toJSON().slice(at, at + length);
        body.delete(at, length);
        body.insert(random.int(body.length + 1), moved + this.#letter());
        break;
      }
      default:
        body.insert(at, this.#letter() + this.#letter());
    }
  }

  #letter(): string {
    return String.fromCodePoint(firstLetter + this.#letters++);
  }

  #speak(send: Sender, clientId: number): void {
    const entry = encodePresenceEntry(clientId, ++this.#clock, '{"cursor":1}');
    send({ type: 'presence', presence: joinPresence([entry]) });
  }

  async #apply(row: Parameters<PieceInMemory['apply']>[0]): Promise<void> {
    // What Ann passes on for others after a crash is in her name once an owner confirms it.
    if (row.author === 'eve' && (await this.piece.apply(row))) this.applied++;
  }
}
