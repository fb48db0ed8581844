import { v7 as newId } from 'uuid';
import * as Y from 'yjs';
import { sharedTypes } from '../../../shared/document/schema.ts';
import type { VersionEvent } from '../../../shared/protocol/events.ts';
import type { VersionBefore } from '../ports.ts';

/** From how many characters on a piece is long: some 350 words. */
const longFrom = 2_000;

/** Sees when one edit takes away most of a long piece, as a stale or broken client does (R5). */
export class Wipes {
  readonly #doc: () => Y.Doc;
  /** The length of the body after the last edit. */
  #length: number;

  constructor(doc: () => Y.Doc) {
    this.#doc = doc;
    this.#length = bodyLength(doc());
  }

  /** The version that is to be kept before an edit of somebody that takes so many letters away; null: none. */
  before(by: string, removed: number): VersionBefore | null {
    const isWipe = this.#length >= longFrom && removed > this.#length / 2;
    return isWipe ? { id: newId(), kind: 'wipe', by } : null;
  }

  /**
   * To be called after each edit. Gives the version that is to be kept of what was there before:
   * `before` where that is decided, or one because of a wipe, or null. `removed`: how many letters the
   * effect takes away, where that is known.
   */
  look(
    by: string | null = null,
    effect: Uint8Array | null = null,
    before: VersionBefore | null = null,
    removed?: number,
  ): VersionBefore | null {
    const after = bodyLength(this.#doc());
    const was = this.#length;
    this.#length = after;
    if (before !== null || effect === null) return before;
    return wipes(effect, was, after, removed) ? { id: newId(), kind: 'wipe', by } : null;
  }
}

/** What is told of it once it is committed. */
export function eventOf({ id, kind, by }: VersionBefore): VersionEvent {
  return { type: 'version', kind, id, by };
}

/**
 * It is asked of each keystroke: the bytes are read only where the text has become much shorter, or
 * the edit is so large that it could have put something else in its place.
 */
function wipes(effect: Uint8Array, before: number, after: number, known?: number): boolean {
  if (before < longFrom || (after > before / 2 && effect.length < before / 4)) return false;
  if (known !== undefined) return known > before / 2;
  let removed = 0;
  for (const ranges of Y.decodeUpdate(effect).ds.clients.values()) {
    for (const { len } of ranges) removed += len;
  }
  return removed > before / 2;
}

const bodyLength = (doc: Y.Doc) => doc.getText(sharedTypes.body).length;
