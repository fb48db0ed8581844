import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Resolves as soon as `look` gives something other than false, null or undefined, and gives that;
 * for what no event tells of. Rejects after `patience` ms, with `what` in its message. Looks each `every` ms:
 * seldom, where a look is dear.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T> | T,
  patience = 15_000,
  every = 10,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = Date.now() + patience;
  for (;;) {
    const seen = await look();
    if (seen !== false && seen !== null && seen !== undefined) {
      return seen as NonNullable<Exclude<T, false>>;
    }
    if (Date.now() > deadline) throw new Error(`Waited ${patience} ms in vain: ${what}`);
    await sleep(every);
  }
}
