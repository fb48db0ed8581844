import * as Y from 'yjs';
import { withoutTidying } from '../../../shared/document/new-document.ts';
import { applyUpdate, effectsOf } from '../apply.ts';
import type { Askers, JournalRow, Log, StateWork } from '../ports.ts';
import type { RoomPause } from '../room/room-pause.ts';
import { nextTurn } from '../state/in-turns.ts';
import { costOf, mostOfTurn } from '../updates/cost.ts';
import type { Decoded } from '../updates/read-update.ts';
import { contradicts, WaitingStructs } from '../updates/same-words.ts';
import type { Authorship } from '../writing/authorship.ts';
import { largeUpdateBytes, putInSlices } from '../writing/put-in-slices.ts';
import { withWaiting } from '../writing/waiting.ts';
import type { ClientIdOwners } from './servers.ts';

export interface ForeignRowsDeps {
  readonly pieceId: string;
  readonly work: StateWork;
  readonly pause: RoomPause;
  readonly authorship: Authorship;
  readonly owners: ClientIdOwners;
  readonly log: Log;
  doc(): Y.Doc;
  isClosed(): boolean;
  everybody(): Askers;
  /** The document is to be rebuilt from the journal, which has the rows; resolves when it is. */
  repair(cause: unknown): Promise<void>;
  /** What rows have done to the document; `at`: when the last of them was written. */
  took(effect: Uint8Array | null, at: Date): void;
}

interface Read {
  readonly row: JournalRow;
  readonly read: Decoded;
}

/**
 * Puts what other servers have committed into the document. It has been judged there, and is in the
 * journal: nothing of it is refused. What is large goes in slice by slice (B1). Where it cannot be put in,
 * or has other words under ids that are here already, the document is rebuilt from the journal, in whose
 * order all servers read (C1).
 */
export class ForeignRows {
  readonly #deps: ForeignRowsDeps;
  readonly #waiting = new WaitingStructs();
  /** ClientIDs that are nobody's, as the database said once. */
  readonly #nobodys = new Set<number>();

  constructor(deps: ForeignRowsDeps) {
    this.#deps = deps;
  }

  /** Rows in the journal's order; resolves when they are in, undefined: they are. Never rejects. */
  put(rows: readonly JournalRow[]): Promise<void> | undefined {
    const doc = this.#deps.doc();
    if (this.#deps.pause.whole && rows.length <= mostAtOnce && !rows.some(isLong)) {
      try {
        const all = rows.map(readRow);
        if (this.#unknownIn(all).length === 0 && !this.#isDear(all)) {
          this.#putAtOnce(all);
          return undefined;
        }
      } catch (err) {
        return this.#rebuild(err, rows);
      }
    }
    return this.#putInTurns(rows, doc);
  }

  /** The journal has the rows, and so has what is built from it; who is here is told of them. */
  async #rebuild(cause: unknown, rows: readonly JournalRow[]): Promise<void> {
    if (this.#deps.isClosed()) return;
    await this.#deps.repair(cause);
    if (!this.#deps.isClosed()) this.#tell(rows);
  }

  #tell(rows: readonly JournalRow[]): void {
    for (const { update, at } of rows) this.#deps.took(update, at);
  }

  /** `doc`: the document when the rows came. */
  async #putInTurns(rows: readonly JournalRow[], doc: Y.Doc): Promise<void> {
    const { pause } = this.#deps;
    try {
      for (const group of groups(rows)) {
        await nextTurn();
        while (!pause.whole) await pause.whenSound();
        if (this.#deps.isClosed()) return;
        const [first] = group;
        if (group.length === 1 && first !== undefined && isLong(first)) {
          await this.#putLarge(first);
          continue;
        }
        const all = group.map(readRow);
        await this.#learn(this.#unknownIn(all));
        for (const one of all) {
          while (!pause.whole) await pause.whenSound();
          if (this.#deps.isClosed()) return;
          if (this.#isDear([one])) await this.#putLarge(one.row);
          else this.#putAtOnce([one]);
        }
      }
      // One that was rebuilt meanwhile held them already, and nobody was told.
      if (this.#deps.doc() !== doc && !this.#deps.isClosed()) this.#tell(rows);
    } catch (err) {
      await this.#rebuild(err, rows);
    }
  }

  #putAtOnce(all: readonly Read[]): void {
    const doc = this.#deps.doc();
    const last = all.at(-1);
    if (last === undefined) return;
    for (const { read } of all) {
      if (contradicts(doc, read, this.#waiting)) throw new OtherWords();
    }
    this.#deps.took(all.length === 1 ? putOne(doc, last) : putTogether(doc, all), last.row.at);
  }

  async #putLarge({ update, at }: JournalRow): Promise<void> {
    const { pause, work } = this.#deps;
    const askers = () => new Set([...this.#deps.everybody(), null]);
    const known = Y.encodeStateVector(this.#deps.doc());
    const large = await work.readLarge(update, known, [], askers());
    while (!pause.sound) await pause.whenSound();
    if (this.#deps.isClosed()) return;
    await this.#learn(this.#unknown(large.ends.keys()));
    while (!pause.sound) await pause.whenSound();
    if (this.#deps.isClosed()) return;
    pause.begin();
    const doc = this.#deps.doc();
    let together;
    try {
      together = await putInSlices(doc, large, {
        merge: (updates) => work.merge(updates, askers()),
        put: (slice) => applyUpdate(doc, slice.update, null, Y.decodeUpdate(slice.update), false),
        stopped: () => this.#deps.isClosed(),
      });
    } catch (err) {
      if (this.#deps.isClosed()) pause.end();
      else throw err;
      return;
    }
    pause.end(() => {
      if (together !== null) this.#deps.took(together.applied.effect, at);
    });
  }

  #isDear(all: readonly Read[]): boolean {
    let cost = 0;
    for (const { read } of all) cost += costOf(this.#deps.doc(), read);
    return cost > mostOfTurn;
  }

  #unknownIn(all: readonly Read[]): number[] {
    let unknown: Set<number> | null = null;
    for (const { read } of all) {
      for (const { id } of read.structs) {
        if (this.#isKnown(id.client)) continue;
        unknown ??= new Set();
        unknown.add(id.client);
      }
    }
    return unknown === null ? none : [...unknown];
  }

  #unknown(clientIds: Iterable<number>): number[] {
    return [...clientIds].filter((clientId) => !this.#isKnown(clientId));
  }

  #isKnown(clientId: number): boolean {
    return this.#deps.authorship.ownerOf(clientId) !== undefined || this.#nobodys.has(clientId);
  }

  /** Asks whose clientIDs are, before there are words under them. Where that cannot be asked now, later. */
  async #learn(unknown: readonly number[]): Promise<void> {
    if (unknown.length === 0) return;
    const { owners, authorship, pieceId, log } = this.#deps;
    try {
      const found = await owners.find(pieceId, unknown);
      authorship.learn(found);
      for (const clientId of unknown) if (!found.has(clientId)) this.#nobodys.add(clientId);
    } catch (err) {
      log.warn({ err, pieceId }, 'cannot ask yet who writes on another server');
    }
  }
}

/** Another server has taken other words under ids that are taken here. */
class OtherWords extends Error {
  constructor() {
    super('Two servers have other words under the same ids');
    this.name = 'OtherWords';
  }
}

const none: number[] = [];
/** Rows that are put in in one turn, 20 µs each. */
const mostAtOnce = 200;

function isLong({ update }: JournalRow): boolean {
  return update.length > largeUpdateBytes;
}

/**
 * Puts a row in, and returns what it did: of a keystroke that is its own bytes, which Yjs need not write
 * anew. Its own server tidies up after it.
 */
function putOne(doc: Y.Doc, { row, read }: Read): Uint8Array | null {
  return applyUpdate(doc, row.update, null, read, false).effect;
}

/** The same of several rows, as one change. */
function putTogether(doc: Y.Doc, all: readonly Read[]): Uint8Array | null {
  const [effect = null] = effectsOf(doc, () => {
    withoutTidying(doc, () => {
      doc.transact(() => {
        for (const { row, read } of all) {
          const clients = new Set(read.structs.map(({ id }) => id.client));
          withWaiting(doc, clients, () => Y.applyUpdate(doc, row.update));
        }
      });
    });
  });
  return effect;
}

function readRow(row: JournalRow): Read {
  return { row, read: Y.decodeUpdate(row.update) };
}

/** Long rows alone, others some at a time. */
function* groups(rows: readonly JournalRow[]): Generator<readonly JournalRow[]> {
  let some: JournalRow[] = [];
  for (const row of rows) {
    if (isLong(row) || some.length >= mostAtOnce) {
      if (some.length > 0) yield some;
      some = [];
    }
    if (isLong(row)) yield [row];
    else some.push(row);
  }
  if (some.length > 0) yield some;
}
