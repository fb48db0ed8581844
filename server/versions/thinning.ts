/** An automatic version. */
interface Dated {
  readonly id: string;
  readonly createdAt: Date;
}

const hour = 3_600_000;
const day = 24 * hour;

/**
 * How automatic versions are thinned: of the last two days all stay, then the last of each hour, after
 * two weeks the last of each day, after half a year the last of each week (UTC, weeks from Thursday).
 * Named ones are never asked about. What goes is a bookmark: the text at every moment stays.
 */
const steps = [
  { olderThan: 180 * day, keepEach: 7 * day },
  { olderThan: 14 * day, keepEach: day },
  { olderThan: 2 * day, keepEach: hour },
] as const;

/** The ids of those that go. `versions` are the oldest first. */
export function thinned(versions: readonly Dated[], now: number): string[] {
  const gone: string[] = [];
  const kept = new Set<string>();
  for (const { id, createdAt } of [...versions].reverse()) {
    const at = createdAt.getTime();
    const step = steps.find(({ olderThan }) => now - at > olderThan);
    if (step === undefined) continue;
    const slot = `${step.keepEach}:${Math.floor(at / step.keepEach)}`;
    if (kept.has(slot)) gone.push(id);
    kept.add(slot);
  }
  return gone;
}
