import type * as Y from 'yjs';
import type { Moment } from '../moments.ts';
import { Owners } from '../owners.ts';
import type { Range } from '../parts.ts';
import { never } from './letters.ts';
import { provenanceOf } from './provenance.ts';

/** Of letters that came back: they were there before the first row. */
const wasThere = -1;

/** Counts as added what is first written, and as removed what does not come back. */
export class Moves {
  /** Letters that came back, with the number of whose stretch first wrote them. */
  readonly #back = new Owners();
  /** Letters that stand elsewhere, or were taken away again there. */
  readonly #away = new Owners();

  /** `byRow`: the number of each row's stretch. */
  constructor(doc: Y.Doc, moments: readonly Moment[], byRow: readonly number[]) {
    const { letters, first, standing, lastGone } = provenanceOf(doc, moments);
    for (let position = 0; position < letters.count; position++) {
      const source = first[position] ?? position;
      const isBack = source !== position;
      const isAway =
        letters.death[position] !== never &&
        ((standing[source] ?? 0) > 0 || (lastGone[source] ?? -1) !== position);
      // Of an embed that was moved nothing else is told: it counts as taken out and put in.
      if ((!isBack && !isAway) || letters.embeds.has(position)) continue;
      const id = letters.idAt(position);
      if (id === null) continue;
      const { client, clock } = id;
      if (isBack) this.#back.add(client, clock, 1, byRow[letters.birth[source] ?? -1] ?? wasThere);
      if (isAway) this.#away.add(client, clock, 1, wasThere);
    }
  }

  added(owners: Owners, { client, clock, len }: Range, stretch: number): void {
    for (const { from, to, owner } of this.#back.parts(client, clock, len)) {
      if (owner !== wasThere) owners.add(client, from, to - from, owner ?? stretch);
    }
  }

  removed(owners: Owners, { client, clock, len }: Range, stretch: number): void {
    for (const { from, to, owner } of this.#away.parts(client, clock, len)) {
      if (owner === null) owners.add(client, from, to - from, stretch);
    }
  }
}
