import type * as Y from 'yjs';
import type { Moment } from './moments.ts';
import { never } from './provenance/letters.ts';
import { provenanceOf } from './provenance/provenance.ts';
import { pauseMs } from './stretches.ts';

/** Who wrote a part of the body: indexes into it, a user id (null: the server), ms since 1970. */
export interface Attributed {
  readonly from: number;
  readonly to: number;
  readonly userId: string | null;
  readonly at: number;
}

/**
 * Who wrote what stands in the body, and when: each letter is of who first wrote it, wherever it has
 * been since (A1, provenance.ts). That is the person whose its clientID was (P2), so a suggestion is
 * its proposer's; with the server's own, who the journal says it wrote for. Neighbouring letters that
 * one person wrote without a pause are one part, and `at` is when the last of them was written.
 *
 * `doc` holds the rows of `moments`, all of its journal up to there, and has kept what they deleted.
 */
export function attribute(
  doc: Y.Doc,
  moments: readonly Moment[],
  clientIds: ReadonlyMap<number, string | null>,
): Attributed[] {
  const { letters, first } = provenanceOf(doc, moments);
  const [body] = letters.fields;
  const parts: Open[] = [];
  if (body === undefined) return parts;
  let index = 0;
  for (let position = body.from; position < body.to; position++) {
    if (letters.death[position] !== never) continue;
    const source = first[position] ?? position;
    const row = moments[letters.birth[source] ?? -1];
    const userId = clientIds.get(letters.clientAt(source)) ?? row?.author ?? null;
    const at = row?.at ?? 0;
    const last = parts.at(-1);
    // A letter at a time, so nothing is made for each of them.
    if (last === undefined || last.userId !== userId || Math.abs(last.at - at) > pauseMs) {
      parts.push({ from: index, to: ++index, userId, at });
    } else {
      last.to = ++index;
      last.at = Math.max(last.at, at);
    }
  }
  return parts;
}

/** A part that may go on. */
type Open = { -readonly [Key in keyof Attributed]: Attributed[Key] };
