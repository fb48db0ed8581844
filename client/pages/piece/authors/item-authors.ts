/** Who wrote which letters of a live text, by what never changes of a letter: its Yjs id. No DOM. */
import type * as Y from 'yjs';

/** As the server tells it: indexes into the body, a user id (null: the server), ISO 8601. */
export interface Told {
  readonly from: number;
  readonly to: number;
  readonly userId: string | null;
  readonly at: string;
}

export interface Letter {
  readonly client: number;
  readonly clock: number;
}

interface Range extends Pick<Told, 'userId' | 'at'> {
  readonly clock: number;
  readonly end: number;
}

/** The id of the letter at an index of the body; null where there is none. */
export function letterAt(body: Y.Text, index: number): Letter | null {
  let from = 0;
  for (let item = body._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue;
    if (index < from + item.length) {
      const { client, clock } = item.id;
      return index < from ? null : { client, clock: clock + index - from };
    }
    from += item.length;
  }
  return null;
}

/**
 * What the server told of a text, kept by letters: however the text changes, it stays true of those
 * that are left, and nothing has to be done while somebody types.
 */
export class ItemAuthors {
  #ranges = new Map<number, Range[]>();

  /** Takes in who wrote `body`, which reads as the server told of it. */
  take(body: Y.Text, told: readonly Told[]): void {
    const ranges = new Map<number, Range[]>();
    let next = 0;
    let index = 0;
    for (let item = body._start; item !== null; item = item.right) {
      if (item.deleted || !item.countable) continue;
      const { client, clock } = item.id;
      const end = index + item.length;
      for (; next < told.length; next++) {
        const part = told[next];
        if (part === undefined || part.from >= end) break;
        const from = Math.max(part.from, index);
        const to = Math.min(part.to, end);
        if (from < to) {
          const { userId, at } = part;
          const range = { clock: clock + from - index, end: clock + to - index, userId, at };
          const known = ranges.get(client);
          if (known === undefined) ranges.set(client, [range]);
          else known.push(range);
        }
        if (part.to > end) break;
      }
      index = end;
    }
    for (const list of ranges.values()) list.sort((a, b) => a.clock - b.clock);
    this.#ranges = ranges;
  }

  /** Null: nothing was told of this letter. */
  of({ client, clock }: Letter): Pick<Told, 'userId' | 'at'> | null {
    const found = this.#ranges
      .get(client)
      ?.find(({ clock: from, end }) => from <= clock && clock < end);
    return found === undefined ? null : { userId: found.userId, at: found.at };
  }

  /** Whose a clientID is, as far as one can tell by its other letters; undefined: not known. */
  userOf(client: number): string | null | undefined {
    return this.#ranges.get(client)?.[0]?.userId;
  }
}

/** One step of a Yjs event's delta. */
interface DeltaStep {
  readonly retain?: number | undefined;
  readonly delete?: number | undefined;
  readonly insert?: unknown;
}

/** What was told of a text, as it is of the text after a change. Nothing is told of what was added. */
export function throughDelta(told: readonly Told[], delta: readonly DeltaStep[]): Told[] {
  const moved: Told[] = [];
  let [before, after] = [0, 0];
  const keep = (end: number) => {
    for (const part of told) {
      const from = Math.max(part.from, before);
      const to = Math.min(part.to, end);
      if (from >= to) continue;
      const shift = after - before;
      moved.push({ ...part, from: from + shift, to: to + shift });
    }
    after += end - before;
    before = end;
  };
  for (const step of delta) {
    if (step.retain !== undefined) keep(before + step.retain);
    else if (step.delete !== undefined) before += step.delete;
    else after += typeof step.insert === 'string' ? step.insert.length : 1;
  }
  const end = told.at(-1)?.to ?? 0;
  if (end > before) keep(end);
  return moved;
}
