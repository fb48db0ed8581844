import * as Y from 'yjs';
import type { Reach } from '../apply.ts';
import type { Decoded } from '../updates/read-update.ts';
import type { Bound, ClientIds } from '../ports.ts';
import { WaitingStructs } from '../updates/same-words.ts';
import { mostClientIds, mostClientIdsOfOne } from './waiting.ts';

/**
 * Whose clientIDs a piece has (P2). A clientID belongs to the first user who wrote with it: who wrote
 * a word can then be told from the document itself, and nobody can write in another's name.
 */
export class Authorship {
  readonly #owners = new Map<number, string | null>();
  /** How many clientIDs are whose. */
  readonly #counts = new Map<string, number>();
  readonly #waiting = new WaitingStructs();
  /** The user whose cursor goes by a clientID: what they have yet to write with is theirs too. */
  readonly #speaker: (clientId: number) => string | null;

  constructor(known: ClientIds, speaker: (clientId: number) => string | null) {
    for (const [clientId, owner] of known) this.#bind(clientId, owner);
    this.#speaker = speaker;
  }

  /** Undefined where nobody has written with it. */
  ownerOf(clientId: number): string | null | undefined {
    return this.#owners.get(clientId);
  }

  /** The same, or who speaks with it now and has yet to write. */
  claimantOf(clientId: number): string | null | undefined {
    const owner = this.#owners.get(clientId);
    return owner === undefined ? (this.#speaker(clientId) ?? undefined) : owner;
  }

  /**
   * The clientIDs of others that an update has news under; null where there are none, as in nearly
   * every update there is. What the document holds already is no news: clients that pass on their
   * whole state are no forgers. Looked at with every keystroke: one look into a map.
   */
  foreign(doc: Y.Doc, userId: string, { structs }: Decoded): Set<number> | null {
    let found: Set<number> | null = null;
    for (const struct of structs) {
      const { client } = struct.id;
      const owner = this.#owners.get(client);
      if (owner === userId || !isNewStruct(doc, struct)) continue;
      if (this.#mayUse(owner, userId, client)) continue;
      found ??= new Set();
      found.add(client);
    }
    return found;
  }

  /** The same of an update that has been read elsewhere: `ends` are its clientIDs, and where each ends. */
  foreignOf(doc: Y.Doc, userId: string, ends: Reach): Set<number> {
    const found = new Set<number>();
    for (const [client, end] of ends) {
      const owner = this.#owners.get(client);
      if (owner === userId || end <= Y.getState(doc.store, client)) continue;
      if (!this.#mayUse(owner, userId, client)) found.add(client);
    }
    return found;
  }

  #mayUse(owner: string | null | undefined, userId: string, client: number): boolean {
    return owner === undefined && (this.#speaker(client) ?? userId) === userId;
  }

  /** The clientIDs that nobody is known to have, nor their cursor goes by, that an update has news under. */
  nobodys(doc: Y.Doc, userId: string, { structs }: Decoded): Set<number> {
    const found = new Set<number>();
    for (const struct of structs) {
      const { client } = struct.id;
      if (this.#owners.has(client) || this.#speaker(client) === userId) continue;
      if (isNewStruct(doc, struct)) found.add(client);
    }
    return found;
  }

  /** The same of an update that is known by where its news ends. */
  hasNobodys(doc: Y.Doc, userId: string, ends: Reach): boolean {
    for (const [client, end] of ends) {
      if (this.#owners.has(client) || this.#speaker(client) === userId) continue;
      if (end > Y.getState(doc.store, client)) return true;
    }
    return false;
  }

  /**
   * Binds clientIDs that nobody has to a user; returns those, to be stored with the update. `typed`:
   * these are fresh words, which only their author sends. A client's whole state may hold others'
   * that a crash took from the server, their first ones included, so it binds only the clientID that
   * its user's cursor goes by.
   *
   * One that the document has words under already, which somebody passed on, is theirs from now on, but
   * that is not stored: the journal tells who sent which of its words, and goes on to (A2).
   */
  claim(doc: Y.Doc, userId: string, { structs }: Decoded, typed: boolean): readonly Bound[] {
    let claimed: Bound[] | null = null;
    for (const struct of structs) {
      const clientId = struct.id.client;
      if (this.#owners.has(clientId) || !isNewStruct(doc, struct)) continue;
      if (!typed && this.#speaker(clientId) !== userId) continue;
      this.#bind(clientId, userId);
      if (this.#hasWordsOf(doc, clientId)) continue;
      claimed ??= [];
      claimed.push({ clientId, userId });
    }
    return claimed ?? none;
  }

  #hasWordsOf(doc: Y.Doc, clientId: number): boolean {
    return Y.getState(doc.store, clientId) > 0 || this.#waiting.of(doc)?.has(clientId) === true;
  }

  /** Binds a clientID that the server writes with: its own (null), or one for somebody's words. */
  claimAs(clientId: number, userId: string | null): readonly Bound[] {
    if (this.#owners.has(clientId)) return none;
    this.#bind(clientId, userId);
    return [{ clientId, userId }];
  }

  /** Takes back claims that are stored nowhere: what they came with was not taken after all. */
  unclaim(bound: readonly Bound[]): void {
    for (const { clientId, userId } of bound) {
      this.#owners.delete(clientId);
      if (userId !== null) this.#counts.set(userId, this.#countOf(userId) - 1);
    }
  }

  /**
   * Whether a piece, or somebody in it, would have more clientIDs than they may (B3, B2) once it has
   * words of `author` under these, which are `count` at most. `typed`: as `claim` has it.
   */
  hasTooMany(doc: Y.Doc, author: string, { count, clientIds, typed }: BroughtClientIds): boolean {
    const { clients } = doc.store;
    if (clients.size + count <= mostClientIds / 2) return false;
    const fresh = new Set<number>();
    for (const clientId of clientIds()) if (!clients.has(clientId)) fresh.add(clientId);
    const all = clients.size + fresh.size;
    if (fresh.size === 0 || all <= mostClientIds / 2) return false;
    let own = 0;
    for (const clientId of fresh) if (typed || this.#speaker(clientId) === author) own++;
    // What somebody passes on is nobody's until its author writes on.
    const nobodys = fresh.size - own;
    const others = clients.size - this.#owners.size;
    return (
      all > mostClientIds ||
      (own > 0 && this.#countOf(author) + own > mostClientIdsOfOne) ||
      (nobodys > 0 && others + nobodys > mostClientIdsOfOne)
    );
  }

  #countOf(userId: string): number {
    return this.#counts.get(userId) ?? 0;
  }

  /** For one that nobody has. */
  #bind(clientId: number, userId: string | null): void {
    this.#owners.set(clientId, userId);
    if (userId !== null) this.#counts.set(userId, this.#countOf(userId) + 1);
  }

  /** Whether a clientID is a user's, or `claim` would bind it to them and have that stored. */
  mayClaim(doc: Y.Doc, userId: string, clientId: number, typed: boolean): boolean {
    if (this.#owners.has(clientId)) return this.#owners.get(clientId) === userId;
    if (this.#hasWordsOf(doc, clientId)) return false;
    const speaker = this.#speaker(clientId);
    return speaker === userId || (typed && speaker === null);
  }

  /** Takes in what is stored of clientIDs of which nothing was known. */
  learn(known: ClientIds): void {
    for (const [clientId, userId] of known) {
      if (!this.#owners.has(clientId)) this.#bind(clientId, userId);
    }
  }
}

/** The clientIDs that an update has words under. */
export interface BroughtClientIds {
  readonly count: number;
  readonly clientIds: () => Iterable<number>;
  readonly typed: boolean;
}

const none: readonly Bound[] = [];

export function isNewStruct(doc: Y.Doc, struct: Decoded['structs'][number]): boolean {
  if (struct instanceof Y.Skip) return false;
  return struct.id.clock + struct.length > Y.getState(doc.store, struct.id.client);
}
