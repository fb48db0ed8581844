import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { stateSince } from '../../server/collab/apply.ts';
import type { RefusedChanges } from '../../shared/api/refused.ts';
import { encodePresenceEntry, joinPresence } from '../../shared/protocol/presence.ts';
import { pieceRoles, type PieceRole } from '../../shared/roles.ts';
import { allows } from '../../shared/rights.ts';
import { somePiece } from '../server/refused/edits.ts';
import { runSeed, seeded, type Random } from '../support/random.ts';
import { Forger, hersIn } from './forger.ts';
import { PieceInMemory, type KeptRow, type Sender } from './piece-in-memory.ts';
import { expectShown, stateOf, type State } from './shown.ts';
import { writersOf } from './writers-of.ts';

/** RUNS=600 takes two minutes. */
const runs = Number(process.env.RUNS ?? 25);
const stepsOfRun = 100;

test(
  `A2 R4 rows 10 and 11: whatever one person sends in any role, ${runs} runs: an applied refused edit does what its owner was shown, and each letter is its writer’s`,
  { timeout: 3_600_000 },
  async () => {
    const first = runSeed();
    let [standing, applied] = [0, 0];
    for (let seed = first; seed < first + runs; seed++) {
      const run = new Run(seeded(seed));
      await run.go().catch((cause: unknown) => {
        throw new Error(`To repeat this run: SEED=${seed} RUNS=1`, { cause });
      });
      standing += run.standing;
      applied += run.applied;
    }
    // The attack is one only while some of it gets in.
    expect(standing).toBeGreaterThan(runs);
    expect(applied).toBeGreaterThan(runs / 2);
  },
);

/** What an owner was shown of a refused edit. */
interface Look {
  readonly shown: string;
  readonly changes: RefusedChanges;
}

/** Somebody honest: types with a clientID of their own page. */
interface Page {
  readonly id: string;
  readonly signs: readonly string[];
  doc: Y.Doc;
  send: Sender | null;
}

class Run {
  readonly piece = new PieceInMemory();
  /** Of Eve's letters, how many stand in the end; and how many of her refused edits were applied. */
  standing = 0;
  applied = 0;
  readonly #random: Random;
  readonly #eve: Forger;
  readonly #ann: Page = { id: 'ann', signs: ['a', 'b', 'c '], doc: new Y.Doc(), send: null };
  readonly #olga: Page = { id: 'olga', signs: ['o', 'p', '. '], doc: new Y.Doc(), send: null };
  readonly #looks = new Map<string, Look>();
  /** Eve's letters that an owner has approved of. */
  readonly #approved = new Set<string>();
  /** The clientIDs of honest pages that everybody has seen. */
  readonly #seen = new Set([1]);
  /** Whether she could write at any time. */
  #wrote = false;
  #locked = false;
  #clock = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#eve = new Forger(this.piece, random, {
      role: random.pick(pieceRoles),
      others: () => [...this.#seen].slice(-4),
    });
    this.#wrote = allows(this.#eve.role, 'edit', false);
  }

  async go(): Promise<void> {
    const { piece } = this;
    await piece.open();
    const given = Y.encodeStateAsUpdate(somePiece());
    await piece.room.edits.edit(null, (doc) => Y.applyUpdate(doc, given));
    for (let i = 0; i < stepsOfRun; i++) await this.#step();
    this.#setLocked(false);
    await this.#look();
    for (const row of [...piece.kept.values()]) await this.#apply(row);
    await piece.room.journal.whenSaved();
    await this.#expectNames();
  }

  async #step(): Promise<void> {
    const random = this.#random;
    const page = random.pick([this.#ann, this.#ann, this.#olga]);
    const what = random.int(16);
    if (what < 3) this.#type(page);
    else if (what === 3) this.#reload(page);
    else if (what === 4) page.send = null;
    else if (what === 5) await this.#look();
    else if (what === 6) await this.#applyOne();
    else if (what === 7) await turn();
    else if (what === 8 && random.int(4) === 0) this.#setRole(random.pick(pieceRoles));
    else if (what === 9 && random.int(4) === 0) this.#setLocked(!this.#locked);
    else this.#eveActs();
  }

  /** Who may not write changes nothing. */
  #eveActs(): void {
    const { doc } = this.piece.room;
    let changed = false;
    const note = () => (changed = true);
    doc.on('update', note);
    this.#eve.act();
    doc.off('update', note);
    if (!allows(this.#eve.role, 'edit', this.#locked)) expect(changed).toBe(false);
  }

  #setRole(role: PieceRole): void {
    this.#eve.role = role;
    this.#wrote ||= allows(role, 'edit', false);
    this.piece.room.setRole('eve', role);
  }

  #setLocked(locked: boolean): void {
    this.#locked = locked;
    this.piece.room.setLocked(locked);
  }

  #type(page: Page): void {
    if (page.send === null) this.#reload(page);
    const { doc } = page;
    // What waits in the server's document is told to nobody.
    Y.applyUpdate(doc, stateSince(this.piece.room.doc));
    const send = (update: Uint8Array) => {
      if (page.send?.({ type: 'update', update }) === false) page.send = null;
    };
    doc.on('update', send);
    const body = doc.getText('body');
    const at = this.#random.int(body.length + 1);
    if (this.#random.int(5) === 0) body.delete(at, Math.min(2, body.length - at));
    else body.insert(at, this.#random.pick(page.signs));
    doc.off('update', send);
    this.#seen.add(doc.clientID);
  }

  /** A new page, with a clientID that nobody can know before it speaks. */
  #reload(page: Page): void {
    page.doc = new Y.Doc();
    page.doc.clientID = 2_000 + this.#random.int(2 ** 30);
    page.send = this.piece.join(page.id);
    const entry = encodePresenceEntry(page.doc.clientID, ++this.#clock, '{"cursor":1}');
    page.send({ type: 'presence', presence: joinPresence([entry]) });
    this.#seen.add(page.doc.clientID);
  }

  /** An owner opens the list. */
  async #look(): Promise<void> {
    const { piece } = this;
    await piece.room.refusals.flushed();
    await piece.room.journal.whenSaved();
    for (const row of piece.kept.values()) {
      const { shown, effect } = piece.plan(row);
      if (effect === null) this.#looks.delete(row.id);
      else this.#looks.set(row.id, { shown, changes: effect.changes });
    }
  }

  async #applyOne(): Promise<void> {
    await this.piece.room.refusals.flushed();
    const rows = [...this.piece.kept.values()];
    if (rows.length > 0) await this.#apply(this.#random.pick(rows));
  }

  /** As it was shown last, which may be long ago. */
  async #apply(row: KeptRow): Promise<void> {
    const look = this.#looks.get(row.id);
    if (look === undefined) return;
    const { piece } = this;
    let before: State | null = null;
    let typesMeanwhile = this.#random.int(4) === 0;
    const done = await piece.apply(row, {
      shown: look.shown,
      planned: () => {
        if (typesMeanwhile) this.#type(this.#ann);
        typesMeanwhile = false;
        before = stateOf(piece.room.doc);
      },
    });
    if (!done || before === null) return;
    expectShown(look.changes, before, stateOf(piece.room.doc));
    for (const letter of hersIn(JSON.stringify(look.changes))) this.#approved.add(letter);
    if (row.author === 'eve') this.applied++;
    // Or the server has died before it was forgotten.
    if (this.#random.int(3) > 0 && row.renamed.size === 0) piece.kept.delete(row.id);
  }

  async #expectNames(): Promise<void> {
    for (const [user, letters] of await this.piece.lettersBy()) {
      const hers = hersIn(letters);
      if (user === 'eve') this.standing += hers.length;
      else expect(hers, `attributed to ${user}`).toEqual([]);
      if (!this.#wrote) expect(hers.filter((one) => !this.#approved.has(one))).toEqual([]);
    }
    // Attribution is of the body; the journal tells of all texts.
    for (const { user, text } of writersOf(this.piece)) {
      if (user !== 'eve') expect(hersIn(text), `stored as ${user}’s`).toEqual([]);
    }
  }
}
