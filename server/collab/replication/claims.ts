import { setTimeout as sleep } from 'node:timers/promises';
import type * as Y from 'yjs';
import type { Log } from '../ports.ts';
import type { Decoded } from '../updates/read-update.ts';
import type { Authorship } from '../writing/authorship.ts';
import type { Servers } from './servers.ts';

export interface ClaimsDeps {
  readonly pieceId: string;
  readonly servers: Servers;
  readonly authorship: Authorship;
  readonly log: Log;
  doc(): Y.Doc;
  isClosed(): boolean;
}

/** Who brings words under clientIDs of which nothing is known here. */
export interface Bringing {
  readonly person: string;
  readonly clientIds: ReadonlySet<number>;
  /** As `Authorship.claim` has it. */
  readonly typed: boolean;
}

const retryMs = 500;

/**
 * With several servers, a clientID is bound before anything that was written with it is taken: two who
 * bring one at the same moment on two servers would both be believed, and what was handed on cannot be
 * taken back (C6). Once for each clientID; where there is no other server, the commit of the words binds it.
 */
export class Claims {
  readonly #deps: ClaimsDeps;

  constructor(deps: ClaimsDeps) {
    this.#deps = deps;
  }

  /** The clientIDs of an update that have to be asked about; null: none. */
  missingIn(read: Decoded): Set<number> | null {
    const { servers, authorship } = this.#deps;
    return servers.hasOthers ? authorship.unknownIn(this.#deps.doc(), read) : null;
  }

  /** The same of clientIDs under which an update has news. */
  missingOf(clientIds: Iterable<number>): Set<number> | null {
    const { servers, authorship } = this.#deps;
    if (!servers.hasOthers) return null;
    const missing = [...clientIds].filter((one) => authorship.ownerOf(one) === undefined);
    return missing.length === 0 ? null : new Set(missing);
  }

  /**
   * Resolves when it is known whose clientIDs are, as far as they are anybody's. Tries until it is, as long
   * as `isWanted`: while the database fails, nobody new begins to write (D4). Never rejects.
   */
  async settle({ person, clientIds, typed }: Bringing, isWanted: () => boolean): Promise<void> {
    const { servers, authorship, pieceId, log } = this.#deps;
    for (let tries = 1; isWanted() && !this.#deps.isClosed(); tries++) {
      const doc = this.#deps.doc();
      const all = [...clientIds];
      const brought = { count: all.length, clientIds: () => all, typed };
      // What is refused for being too many binds nothing (B3).
      const claimed = authorship.hasTooMany(doc, person, brought)
        ? []
        : all.filter((one) => authorship.wouldClaim(doc, person, one, typed));
      try {
        const claims = await servers.owners.claim(pieceId, person, claimed);
        const others = all.filter((one) => !claims.has(one));
        const found = others.length === 0 ? claims : await servers.owners.find(pieceId, others);
        authorship.learn(new Map([...claims, ...found]));
        return;
      } catch (err) {
        if (tries === 1) log.warn({ err, pieceId }, 'cannot ask yet whose a clientID is');
        await sleep(retryMs);
      }
    }
  }
}
