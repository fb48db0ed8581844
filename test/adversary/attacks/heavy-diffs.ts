import type { Attack } from '../attack.ts';
import { api, untilGivenUp } from '../api.ts';

/** A megabyte of short lines; `from` makes them other ones. */
const lines = (from: number) =>
  Array.from({ length: 40_000 }, (_, i) => `line ${(i * 7919 + from) % 99_991} of it`).join('\n');

/** Row 7: many comparisons of an own long piece. A stranger's history waited for 79 s. */
export const heavyDiffs: Attack = {
  name: 'a writer asks for 8 diffs of a piece of 1 MB at once, again and again',
  async prepare(ground) {
    const writer = await ground.person('Heavy Diffs');
    const call = api(ground, writer);
    const made = await call('POST', '/api/pieces', { format: 'text', content: lines(0) });
    const { id } = (await made.json()) as { id: string };
    const since = new Date().toISOString();
    const replaced = await call(
      'PUT',
      `/api/pieces/${id}/content`,
      { format: 'text', content: lines(1) },
      { 'if-match': '*' },
    );
    if (!replaced.ok) throw new Error(`cannot prepare: ${await replaced.text()}`);
    return async (signal) => {
      const ask = api(ground, writer, signal);
      for (let round = 0; round < 3 && !signal.aborted; round++) {
        const diffs = Array.from({ length: 8 }, () =>
          ask('GET', `/api/pieces/${id}/diff?from=${since}`),
        );
        await untilGivenUp(signal, diffs);
      }
    };
  },
};
