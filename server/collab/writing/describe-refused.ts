import * as Y from 'yjs';
import { mergeUpdates } from '../merge.ts';
import type { StateWork } from '../ports.ts';
import type { Refused } from './refusals.ts';
import { wouldChange, type WouldChange } from './would-change.ts';

export interface DescribingDeps {
  readonly work: StateWork;
  readonly doc: () => Y.Doc;
  /** False while the document holds a part of an update: nothing can be told then. */
  isSound(): boolean;
}

/** A refused edit of more bytes than this is described by its beginning (B1): … */
const mostDescribed = 256 * 1024;
/** … so many slices, 2 ms of work. */
const slicesDescribed = 20;

/** What a refused edit would do to the text now; null: it cannot be told just now. */
export async function describeRefused(
  update: Uint8Array,
  { author, reason }: Pick<Refused, 'author' | 'reason'>,
  deps: DescribingDeps,
): Promise<WouldChange | null> {
  // Only what is new of others' words comes here.
  const allNew = reason === 'not_your_client_id' || reason === 'unconfirmed';
  const told = update.length > mostDescribed ? await beginningOf(update, author, deps) : update;
  return deps.isSound() ? wouldChange(deps.doc(), Y.decodeUpdate(told), { allNew }) : null;
}

/** The first slices of a long update: 2,000 structs. */
async function beginningOf(
  update: Uint8Array,
  author: string,
  { work, doc }: DescribingDeps,
): Promise<Uint8Array> {
  const known = Y.encodeStateVector(doc());
  const { slices } = await work.cut(update, known, new Set([author]));
  return mergeUpdates(slices.slice(0, slicesDescribed));
}
