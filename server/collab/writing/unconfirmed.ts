import * as Y from 'yjs';
import { hasReached, reachOf, type Reach } from '../apply.ts';
import type { IsOver } from './refusals.ts';
import { readUpdate, type Decoded } from '../updates/read-update.ts';
import { contradicts, WaitingStructs } from '../updates/same-words.ts';

export interface UnconfirmedDeps {
  doc(): Y.Doc;
  /** False while the document holds a part of an update, which may be taken back. */
  isSound(): boolean;
  /** The document has come as far as what somebody has passed on here: all that is kept may be in it. */
  reached(sender: string, isOver: IsOver): void;
}

/** So many bytes of one person's are compared; of more, an owner's look finds out that they are there. */
const mostBytes = 256 * 1024;

/**
 * Words that clients passed on for others after a crash (P2). They are kept like what is refused, one
 * row for each who passes on, and forgotten once their authors' own clients have brought the very same
 * words, all that the row has: it may hold several people's, and what came before another crash. What is
 * under these ids then and reads otherwise was never theirs, and stays kept. Rejected: cutting away what
 * has come; the owner is shown only what is new anyway, and a row is written as a whole each time.
 */
export class Unconfirmed {
  readonly #deps: UnconfirmedDeps;
  /** By who passed it on, how far the document has to come for another look at what is kept. */
  readonly #awaited = new Map<string, Reach>();
  readonly #waiting = new WaitingStructs();

  constructor(deps: UnconfirmedDeps) {
    this.#deps = deps;
  }

  add(sender: string, update: Uint8Array): void {
    // The row is too long from now on, whatever else comes to it.
    if (update.length <= mostBytes) this.#await(sender, reachOf(wordsOf(readUpdate(update))));
  }

  /** The document has grown. Costs nothing where nothing waits: a look for each who passed words on. */
  look(): void {
    for (const [sender, reach] of this.#awaited) {
      if (!hasReached(this.#deps.doc(), reach)) continue;
      this.#awaited.delete(sender);
      this.#deps.reached(sender, (kept) => this.#isOver(sender, kept));
    }
  }

  #isOver(sender: string, kept: Uint8Array): boolean | null {
    if (!this.#deps.isSound()) return null;
    if (kept.length > mostBytes) return false;
    const doc = this.#deps.doc();
    const read = Y.decodeUpdate(kept);
    const reach = reachOf(wordsOf(read));
    if (hasReached(doc, reach)) return !contradicts(doc, read, this.#waiting);
    this.#await(sender, reach);
    return false;
  }

  #await(sender: string, reach: Reach): void {
    const awaited = new Map(this.#awaited.get(sender));
    for (const [client, end] of reach) {
      awaited.set(client, Math.max(end, awaited.get(client) ?? 0));
    }
    this.#awaited.set(sender, awaited);
  }
}

const wordsOf = ({ structs }: Decoded): Decoded => ({ structs, ds: { clients: new Map() } });
