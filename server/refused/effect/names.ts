import { createHash } from 'node:crypto';
import * as Y from 'yjs';
import type { ClientIds, RefusedKey } from '../../collab/ports.ts';
import type { Decoded, Struct } from '../../collab/updates/read-update.ts';
import { contradicts, WaitingStructs } from '../../collab/updates/same-words.ts';
import { byClient } from '../../collab/updates/structs.ts';
import type { Renaming, Renamings } from './rename.ts';

/** What is known of a refused edit besides its bytes. */
export interface KeptAs extends Pick<RefusedKey, 'author' | 'reason'> {
  readonly id: string;
  /** The renamings under which words of it are in the piece, or were to be. */
  readonly renamed: Renamings;
}

export interface Names {
  readonly renamings: Renamings;
  /** ClientIDs of whoever sent it, with which nobody has written yet. */
  readonly own: readonly number[];
  /** Of the renamed: what builds on their words waits for these very ids, and nobody else uses them. */
  readonly left: ReadonlySet<number>;
}

/**
 * In whose name the words of a refused edit are (A2): of whoever sent it, always. What they wrote with
 * a clientID of their own stays as it is; all else gets one that nobody has, as do words under ids that
 * the piece has other words under by now.
 *
 * `spoken`: clientIDs that somebody else's cursor goes by just now.
 */
export function namesOf(
  doc: Y.Doc,
  read: Decoded,
  kept: KeptAs,
  known: { readonly clientIds: ClientIds; readonly spoken: ReadonlySet<number> },
): Names {
  // Those that were chosen, and came to nothing, are chosen anew for the piece as it is now.
  const renamings = new Map([...kept.renamed].filter(([, { to }]) => doc.store.clients.has(to)));
  const own: number[] = [];
  const left = new Set<number>();
  for (const [client, structs] of byClient(read)) {
    if (renamings.has(client)) continue;
    const { at, differs } = firstNew(doc, structs);
    if (at === null) continue;
    const owner = known.clientIds.get(client);
    const isOwn =
      owner === undefined
        ? !known.spoken.has(client) && !isOthers(kept.reason)
        : owner === kept.author;
    if (isOwn && !differs) {
      // Of one that others sent words under, the journal tells whose each is.
      if (owner === undefined && Y.getState(doc.store, client) === 0) own.push(client);
      continue;
    }
    renamings.set(client, { from: at, to: freshId(doc, known.clientIds, `${kept.id} ${client}`) });
    const isFree = !differs && at === Y.getState(doc.store, client) && !known.spoken.has(client);
    if (kept.reason === 'unconfirmed' && isFree) left.add(client);
  }
  return { renamings, own, left };
}

/** Whether words were refused because they came with a clientID that is, or may be, another's. */
function isOthers(reason: KeptAs['reason']): boolean {
  return reason === 'not_your_client_id' || reason === 'unconfirmed';
}

/** From where on a document does not have some structs of one clientID; `differs`: it has others. */
function firstNew(
  doc: Y.Doc,
  structs: readonly Struct[],
): { readonly at: number | null; readonly differs: boolean } {
  const waiting = new WaitingStructs();
  const ds: Decoded['ds'] = Y.createDeleteSet();
  for (const struct of structs) {
    if (struct instanceof Y.Skip) continue;
    if (contradicts(doc, { structs: [struct], ds }, waiting)) {
      return { at: struct.id.clock, differs: true };
    }
    const state = Y.getState(doc.store, struct.id.client);
    if (struct.id.clock + struct.length > state) {
      return { at: Math.max(struct.id.clock, state), differs: false };
    }
  }
  return { at: null, differs: false };
}

/** The same for the same edit each time, so that what is shown and what is applied are one. */
function freshId(doc: Y.Doc, clientIds: ClientIds, seed: string): number {
  for (let i = 0; ; i++) {
    const id = createHash('sha256').update(`${seed} ${i}`).digest().readUInt32BE(0);
    if (!clientIds.has(id) && !doc.store.clients.has(id)) return id;
  }
}

/** As they are stored: [clientID, from, to]. */
export type StoredRenamings = readonly (readonly [number, number, number])[];

export function toStored(renamings: Renamings): StoredRenamings {
  return [...renamings].map(([client, { from, to }]) => [client, from, to]);
}

export function fromStored(stored: StoredRenamings): Map<number, Renaming> {
  return new Map(stored.map(([client, from, to]) => [client, { from, to }]));
}
