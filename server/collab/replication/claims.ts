import { setTimeout as sleep } from 'node:timers/promises';
import type * as Y from 'yjs';
import type { RoomJournal } from '../journal/room-journal.ts';
import type { Log } from '../ports.ts';
import type { Decoded } from '../updates/read-update.ts';
import { isNewStruct, type Authorship } from '../writing/authorship.ts';
import type { SyncMessage } from '../writing/outcome.ts';
import type { Servers } from './servers.ts';

export interface ClaimsDeps {
  readonly pieceId: string;
  readonly servers: Servers;
  readonly authorship: Authorship;
  readonly log: Log;
  journal(): Pick<RoomJournal, 'whenSaved' | 'reach'>;
  doc(): Y.Doc;
  whenSound(): Promise<void>;
  /** Whether words under a clientID that nobody is known to have may be another's. */
  isAfterCrash(): boolean;
  isClosed(): boolean;
}

/** Who brings words; `typed`: they are their own, or were passed on by nobody, as `Authorship.claim` has it. */
export interface Bringer {
  readonly person: string;
  readonly typed: boolean;
}

/** And under which clientIDs, of those that this server does not hold. */
export interface Bringing extends Bringer {
  readonly clientIds: ReadonlySet<number>;
}

/** Another server gives a clientID back as soon as all is committed that was written with it there. */
const waitMs = 20;
const retryMs = 500;
/** Some 60 bytes each. */
const mostUnclaimed = 10_000;

/**
 * With several servers, words under a clientID are taken by one of them at a time, which has claimed it in
 * Postgres before (C6). So two who bring one clientID on two servers are treated as on one: whoever is not
 * its owner is refused, and whoever brings other words under ids that are taken is closed with 4400 (D2).
 * What was handed on could not be taken back. Where there is no other server, the commit of the words binds it.
 *
 * A clientID moves with its client: who needs it asks whoever holds it, who commits what is under way
 * and gives it back, and reads that before it takes anything.
 */
export class Claims {
  readonly #deps: ClaimsDeps;
  readonly #held = new Set<number>();
  /** ClientIDs that somebody brought and could not claim, as person and clientID: what they write says why. */
  readonly #unclaimed = new Set<string>();
  /** What is being given back: nothing is claimed meanwhile. */
  #releasing: Promise<void> = Promise.resolve();

  constructor(deps: ClaimsDeps) {
    this.#deps = deps;
  }

  /** Whether there are other servers: where not, nothing has to be claimed. */
  get matter(): boolean {
    return this.#deps.servers.hasOthers;
  }

  /** Whether words under a clientID may be taken now, as far as it is known without a look at them. */
  isClaimed(clientId: number): boolean {
    return !this.matter || this.#held.has(clientId);
  }

  /** Whose words a message of somebody brings, as far as clientIDs are claimed for them. */
  bringer(person: string, type: SyncMessage['type']): Bringer {
    return { person, typed: type === 'update' || !this.#deps.isAfterCrash() };
  }

  /** The clientIDs of an update that have to be claimed first; null: none, as nearly always. */
  missingIn({ structs }: Decoded, bringer: Bringer): Set<number> | null {
    if (!this.matter) return null;
    const doc = this.#deps.doc();
    let missing: Set<number> | null = null;
    for (const struct of structs) {
      const { client } = struct.id;
      if (this.#held.has(client) || !isNewStruct(doc, struct)) continue;
      if (!this.#isMissing(client, bringer)) continue;
      missing ??= new Set();
      missing.add(client);
    }
    return missing === null || this.#areTooMany(missing, bringer) ? null : missing;
  }

  /** The same of clientIDs under which an update has news. */
  missingOf(clientIds: Iterable<number>, bringer: Bringer): Set<number> | null {
    if (!this.matter) return null;
    const missing = new Set(
      [...clientIds].filter((one) => !this.#held.has(one) && this.#isMissing(one, bringer)),
    );
    return missing.size === 0 || this.#areTooMany(missing, bringer) ? null : missing;
  }

  /** There are other servers from now on: what was taken before was claimed by nobody. */
  forget(): void {
    this.#held.clear();
  }

  /**
   * Resolves when all of these are known to be somebody else's, or to be nobody's to claim, or are held
   * here. Tries until then, as long as `isWanted`: while the database fails, nobody new begins to write
   * (D4). Never rejects.
   */
  async settle(bringing: Bringing, isWanted: () => boolean): Promise<void> {
    for (let tries = 1; isWanted() && !this.#deps.isClosed(); tries++) {
      try {
        if (await this.#settled(bringing)) return;
        await sleep(Math.min(retryMs, waitMs * tries));
      } catch (err) {
        const { log, pieceId } = this.#deps;
        if (tries === 1) log.warn({ err, pieceId }, 'cannot claim a clientID yet');
        await sleep(retryMs);
      }
    }
  }

  /** Gives clientIDs back, once all that was written with them here is committed. Rejects where that fails. */
  async release(clientIds: readonly number[]): Promise<void> {
    const released = this.#release(clientIds);
    // On another connection, a claim could overtake it.
    this.#releasing = Promise.allSettled([this.#releasing, released]).then(() => undefined);
    await released;
  }

  async #release(clientIds: readonly number[]): Promise<void> {
    const { servers, pieceId } = this.#deps;
    for (const clientId of clientIds) this.#held.delete(clientId);
    // What is being put in is given to the journal when all of it is in.
    await this.#deps.whenSound();
    await this.#deps.journal().whenSaved();
    // One that was claimed anew meanwhile is asked for once more.
    const given = clientIds.filter((clientId) => !this.#held.has(clientId));
    await servers.owners.release(pieceId, given);
  }

  async #settled({ person, clientIds, typed }: Bringing): Promise<boolean> {
    const { servers, authorship, pieceId } = this.#deps;
    const { owners } = servers;
    await this.#releasing;
    const all = [...clientIds].filter((one) => !this.#held.has(one));
    const doc = this.#deps.doc();
    const own = all.filter((one) => authorship.mayClaim(doc, person, one, typed));
    const { held, moved } = await owners.claim(pieceId, person, own);
    const rest = all.filter((one) => !held.includes(one));
    const found = await owners.find(pieceId, rest);
    authorship.learn(new Map([...held.map((one) => [one, person] as const), ...found]));
    if (moved) await this.#catchUp();
    for (const clientId of held) this.#held.add(clientId);
    if (this.#unclaimed.size > mostUnclaimed) this.#unclaimed.clear();
    for (const one of rest) {
      if (!own.includes(one) && !found.has(one)) this.#unclaimed.add(`${person} ${one}`);
    }
    const elsewhere = rest.filter((one) => own.includes(one) && found.get(one) === person);
    if (elsewhere.length === 0) return true;
    await owners.ask(pieceId, elsewhere);
    servers.tell();
    return false;
  }

  /** What was written with a clientID on another server is there before anything here. */
  async #catchUp(): Promise<void> {
    const { servers, pieceId } = this.#deps;
    const heads = await servers.headsOf([pieceId]);
    await this.#deps.journal().reach(heads.get(pieceId) ?? 0);
  }

  /** What is somebody else's is refused; what is nobody's, and only passed on, is told from neither. */
  #isMissing(clientId: number, { person }: Bringer): boolean {
    const owner = this.#deps.authorship.ownerOf(clientId);
    if (owner !== undefined) return owner === person;
    return !this.#unclaimed.has(`${person} ${clientId}`);
  }

  /** What is refused for being too many binds nothing (B3). */
  #areTooMany(missing: ReadonlySet<number>, { person, typed }: Bringer): boolean {
    const brought = { count: missing.size, clientIds: () => missing, typed };
    return this.#deps.authorship.hasTooMany(this.#deps.doc(), person, brought);
  }
}
