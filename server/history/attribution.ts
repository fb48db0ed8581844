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
  const parts: Attributed[] = [];
  if (body === undefined) return parts;
  let index = 0;
  for (let position = body.from; position < body.to; position++) {
    if (letters.death[position] !== never) continue;
    const source = first[position] ?? position;
    const row = moments[letters.birth[source] ?? -1];
    const userId = clientIds.get(letters.clientAt(source)) ?? row?.author ?? null;
    push(parts, { from: index, to: ++index, userId, at: row?.at ?? 0 });
  }
  return parts;
}

function push(parts: Attributed[], part: Attributed): void {
  const last = parts.at(-1);
  const goesOn =
    last !== undefined &&
    last.userId === part.userId &&
    last.to === part.from &&
    Math.abs(last.at - part.at) <= pauseMs;
  if (!goesOn) parts.push(part);
  else {
    const at = Math.max(last.at, part.at);
    parts[parts.length - 1] = { ...last, to: part.to, at };
  }
}
