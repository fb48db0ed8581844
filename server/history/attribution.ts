import type * as Y from 'yjs';
import { sharedTypes } from '../../shared/document/schema.ts';
import type { Moment } from './moments.ts';
import { Owners } from './owners.ts';
import { pauseMs } from './stretches.ts';

/** Who wrote a part of the body: indexes into it, a user id (null: the server), ms since 1970. */
export interface Attributed {
  readonly from: number;
  readonly to: number;
  readonly userId: string | null;
  readonly at: number;
}

/**
 * Who wrote what stands in the body, and when: each letter is of the person whose its clientID is
 * (P2), so a suggestion is its proposer's; with the server's own, of who the journal says it wrote
 * for. Neighbouring letters that one person wrote without a pause are one part, and `at` is when the
 * last of them was written.
 */
export function attribute(
  doc: Y.Doc,
  moments: readonly Moment[],
  clientIds: ReadonlyMap<number, string | null>,
): Attributed[] {
  const rows = new Owners();
  moments.forEach(({ edits }, index) => {
    for (const { client, clock, len } of edits) rows.add(client, clock, len, index);
  });
  const parts: Attributed[] = [];
  let index = 0;
  for (let item = doc.getText(sharedTypes.body)._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue;
    const { client, clock } = item.id;
    for (const { from, to, owner } of rows.parts(client, clock, item.length)) {
      const row = owner === null ? undefined : moments[owner];
      const userId = clientIds.get(client) ?? row?.author ?? null;
      push(parts, { from: index, to: index + to - from, userId, at: row?.at ?? 0 });
      index += to - from;
    }
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
