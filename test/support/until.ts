import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Resolves as soon as `look` gives something other than false, null or undefined, and gives that;
 * for what no event tells of. Rejects after `patience` ms, with `what` in its message.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T> | T,
  patience = 15_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = Date.now() + patience;
  for (;;) {
    const seen = await look();
    if (seen !== false && seen !== null && seen !== undefined) {
      return seen as NonNullable<Exclude<T, false>>;
    }
    if (Date.now() > deadline) throw new Error(`Waited ${patience} ms in vain: ${what}`);
    await sleep(10);
  }
}
