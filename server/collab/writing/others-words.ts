import * as Y from 'yjs';
import type { Authorship } from './authorship.ts';
import type { Member } from '../member.ts';
import type { LargeUpdate } from '../ports.ts';
import { partOf } from '../updates/update-parts.ts';
import type { Decoded } from '../updates/read-update.ts';
import type { SyncMessage } from './outcome.ts';
import type { Refusals } from './refusals.ts';
import { Unconfirmed } from './unconfirmed.ts';

export interface OthersWordsDeps {
  readonly authorship: Authorship;
  readonly refusals: Refusals;
  /** Whether others' words in a client's state may be ones that a crash took from the server. */
  isAfterCrash(): boolean;
  /** Whether another server has the piece open: it may end at any moment, and its people come here. */
  isShared(): boolean;
  doc(): Y.Doc;
  /** False while the document holds a part of an update. */
  isSound(): boolean;
}

/**
 * Words that somebody sends which stand under others' clientIDs (P2): refused, and kept; after a crash,
 * kept until their authors bring them.
 */
export class OthersWords {
  readonly #deps: OthersWordsDeps;
  readonly #unconfirmed: Unconfirmed;

  constructor(deps: OthersWordsDeps) {
    this.#deps = deps;
    this.#unconfirmed = new Unconfirmed({
      doc: () => deps.doc(),
      isSound: () => deps.isSound(),
      reached: (sender, isOver) =>
        deps.refusals.forget({ author: sender, reason: 'unconfirmed' }, isOver),
    });
  }

  /** After a crash, what a client has may be all that is left of others' words. */
  relays(type: SyncMessage['type']): boolean {
    return type === 'step2' && (this.#deps.isAfterCrash() || this.#deps.isShared());
  }

  /**
   * And words under a clientID that nobody is known to have may be another's first ones. A server that shares
   * a piece has stored whose it is before it takes them (C6).
   */
  relaysFirst(type: SyncMessage['type']): boolean {
    return type === 'step2' && this.#deps.isAfterCrash();
  }

  /** Refuses what an update has under others' clientIDs, and keeps it. */
  refuse(member: Member, read: Decoded, foreign: ReadonlySet<number>): void {
    const sender = member.person.id;
    for (const clientId of foreign) {
      const part = partOf(read, (client) => client === clientId, false);
      if (part === null) continue;
      const refused = {
        author: sender,
        ...{ update: this.#newsOf(part, foreign), clientId },
        reason: 'not_your_client_id' as const,
      };
      this.#deps.refusals.add(refused, member);
    }
  }

  /** Keeps others' words that a crash may have taken from the server, and what was deleted of them. */
  passOn(sender: string, { structs, ds }: Decoded, foreign: ReadonlySet<number>): void {
    const deleted = new Map(
      [...ds.clients].flatMap(([client, ranges]) => {
        const known = Y.getState(this.#deps.doc().store, client);
        const fresh = ranges.filter(({ clock, len }) => clock + len > known);
        return foreign.has(client) && fresh.length > 0 ? [[client, fresh] as const] : [];
      }),
    );
    const part = partOf({ structs, ds }, (client) => foreign.has(client), deleted);
    if (part === null) return;
    const update = this.#newsOf(part, foreign);
    this.#unconfirmed.add(sender, update);
    this.#deps.refusals.add({ author: sender, update, reason: 'unconfirmed', clientId: 0 }, null);
  }

  /** Keeps what others wrote of a large update, as far as it is news. */
  setAside(member: Member, type: SyncMessage['type'], large: LargeUpdate): void {
    const author = member.person.id;
    const { refusals } = this.#deps;
    if (this.relays(type)) {
      if (large.passedOn === null) return;
      this.#unconfirmed.add(author, large.passedOn);
      const unconfirmed = { author, update: large.passedOn, reason: 'unconfirmed' as const };
      refusals.add({ ...unconfirmed, clientId: 0 }, null);
      return;
    }
    for (const { clientId, update } of large.others) {
      refusals.add({ author, update, clientId, reason: 'not_your_client_id' }, member);
    }
  }

  /** The document has grown: what was passed on may be there now from those who wrote it (P2). */
  advanced(): void {
    this.#unconfirmed.look();
  }

  /** Without what the document has under some clientIDs. */
  #newsOf(update: Uint8Array, clients: ReadonlySet<number>): Uint8Array {
    const { store } = this.#deps.doc();
    const known = new Map([...clients].map((client) => [client, Y.getState(store, client)]));
    return Y.diffUpdate(update, Y.encodeStateVector(known));
  }
}
