import type * as Y from 'yjs';
import type { Moment } from '../moments.ts';
import { Owners } from '../owners.ts';
import type { Range } from '../parts.ts';
import { never } from './letters.ts';
import { provenanceOf, type Provenance } from './provenance.ts';

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
    const provenance = provenanceOf(doc, moments);
    // Only what the rows wrote and took away is asked about: next to nothing of a long piece.
    for (const { edits, deleted } of moments) {
      for (const range of edits) this.#noteBack(range, provenance, byRow);
      for (const range of deleted) this.#noteAway(range, provenance);
    }
  }

  #noteBack(range: Range, { letters, first }: Provenance, byRow: readonly number[]): void {
    for (const { from, to, clock } of letters.within(range)) {
      for (let position = from; position < to; position++) {
        const source = first[position] ?? position;
        // Of an embed that was moved nothing else is told: it counts as taken out and put in.
        if (source === position || letters.embeds.has(position)) continue;
        const owner = byRow[letters.birth[source] ?? -1] ?? wasThere;
        this.#back.add(range.client, clock + position - from, 1, owner);
      }
    }
  }

  #noteAway(range: Range, { letters, first, standing, lastGone }: Provenance): void {
    for (const { from, to, clock } of letters.within(range)) {
      for (let position = from; position < to; position++) {
        const source = first[position] ?? position;
        const isAway =
          letters.death[position] !== never &&
          ((standing[source] ?? 0) > 0 || (lastGone[source] ?? -1) !== position);
        if (!isAway || letters.embeds.has(position)) continue;
        this.#away.add(range.client, clock + position - from, 1, wasThere);
      }
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
