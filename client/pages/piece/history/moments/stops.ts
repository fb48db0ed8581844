/** The moments that the slider walks, of what the server lists. Pure. */
import type { Stretch, Version } from '../../../../../shared/api/versions.ts';

interface StopShape {
  readonly id: string;
  /** As the API is asked for it: a version's id, or a time. */
  readonly moment: string;
  /** ISO 8601. */
  readonly at: string;
  /**
   * What its changes are told against: of a stretch, what was there when it began; of a version, the
   * version before. Null: there was nothing yet.
   */
  readonly before: string | null;
}

export type Stop = StopShape &
  (
    | { readonly kind: 'stretch'; readonly stretch: Stretch }
    | { readonly kind: 'version'; readonly version: Version }
    /** The present; `stretch`: in which it was written in last. */
    | { readonly kind: 'now'; readonly stretch: Stretch }
  );

/** All of them, the earliest first and the present last; none where nothing was written. */
export function stopsOf(stretches: readonly Stretch[], versions: readonly Version[]): Stop[] {
  const last = stretches.reduce<Stretch | undefined>(
    (latest, one) => (latest === undefined || one.to >= latest.to ? one : latest),
    undefined,
  );
  if (last === undefined || isBlank(stretches, versions)) return [];
  const beginning = stretches.reduce((first, { from }) => (from < first ? from : first), last.from);
  const beforeIt = (from: string) => (from === beginning ? null : justBefore(from));
  const written = stretches.map((stretch): Stop => {
    const { author, from, to } = stretch;
    const id = `${from} ${author?.id ?? ''}`;
    return { id, kind: 'stretch', moment: to, at: to, before: beforeIt(from), stretch };
  });
  const inOrder = [...versions].sort(
    (a, b) => compare(a.createdAt, b.createdAt) || compare(a.id, b.id),
  );
  const kept = inOrder.map((version, index): Stop => {
    const { id, createdAt: at } = version;
    const before = inOrder[index - 1]?.id ?? null;
    return { id, kind: 'version', moment: id, at, before, version };
  });
  // A version of what was there before an edit is as old as the edit, and comes first.
  const stops = [...kept, ...written].sort((a, b) => compare(a.at, b.at));
  const { from, to: at } = last;
  const before = beforeIt(from);
  return [...stops, { id: 'now', kind: 'now', moment: at, at, before, stretch: last }];
}

/** Making a blank piece is a stretch, too. */
function isBlank(stretches: readonly Stretch[], versions: readonly Version[]): boolean {
  return (
    stretches.length === 1 &&
    versions.length === 0 &&
    stretches.every(({ added, removed, embeds }) => added + removed + embeds === 0)
  );
}

/** Stops of one day, the latest first. */
export interface Day {
  /** Some moment of it, ISO 8601. */
  readonly at: string;
  readonly stops: readonly Stop[];
}

/** By days of this device's time zone, the latest first; without the present. */
export function daysOf(stops: readonly Stop[]): Day[] {
  const days = new Map<string, Stop[]>();
  for (const stop of stops) {
    if (stop.kind === 'now') continue;
    const day = new Date(stop.at).toDateString();
    days.set(day, [stop, ...(days.get(day) ?? [])]);
  }
  return [...days.values()].reverse().map((of) => ({ at: of[0]?.at ?? '', stops: of }));
}

/** What is looked at: a stop, or a time between two of them. */
export interface Chosen {
  readonly stop: Stop | null;
  /** The stop that it is, or that it comes after. */
  readonly index: number;
  readonly moment: string;
  readonly at: string;
  readonly before: string | null;
}

/** What `asked` (a stop's id, a time, or null for the present) means. Null: there are no stops. */
export function choose(stops: readonly Stop[], asked: string | null): Chosen | null {
  const last = stops.length - 1;
  const found = asked === null ? last : stops.findIndex(({ id }) => id === asked);
  const stop = stops[found];
  if (stop !== undefined) {
    const { moment, at, before } = stop;
    return { stop, index: found, moment, at, before };
  }
  const present = stops[last];
  if (present === undefined) return null;
  const time = Date.parse(asked ?? '');
  // Such as a version that has been thinned away since the link to it was made.
  if (Number.isNaN(time)) return choose(stops, null);
  const at = new Date(time).toISOString();
  const earlier = stops.findLastIndex((one) => one.kind !== 'now' && one.at <= at);
  const before = stops[earlier]?.moment ?? null;
  return { stop: null, index: Math.max(0, earlier), moment: at, at, before };
}

/** What the text is compared with. */
export type Base = 'none' | 'before' | 'now' | { readonly version: string };

/**
 * The two moments of a comparison, the earlier first, and which of them is the one that is looked at;
 * null where there is nothing to compare.
 */
export function pairOf(
  stops: readonly Stop[],
  chosen: Chosen,
  base: Base,
): { readonly from: string; readonly to: string; readonly chosenIs: 'from' | 'to' } | null {
  if (base === 'none') return null;
  if (base === 'before') {
    const { before, moment } = chosen;
    return before === null ? null : { from: before, to: moment, chosenIs: 'to' };
  }
  const other =
    base === 'now'
      ? stops.at(-1)
      : stops.find(({ kind, id }) => kind === 'version' && id === base.version);
  if (other === undefined || other.moment === chosen.moment) return null;
  const index = stops.indexOf(other);
  const isLater = index === chosen.index ? other.at > chosen.at : index > chosen.index;
  return isLater
    ? { from: chosen.moment, to: other.moment, chosenIs: 'from' }
    : { from: other.moment, to: chosen.moment, chosenIs: 'to' };
}

function justBefore(time: string): string {
  return new Date(Date.parse(time) - 1).toISOString();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
