import type { Attack } from '../attack.ts';
import { openUnfinished } from '../unfinished.ts';

/** Row 9: who is nobody sends as much as is taken, and never ends it. */
export const unfinished: Attack = {
  name: 'anonymous: a thousand sockets and requests that never finish',
  prepare:
    async ({ url }) =>
    async (signal) => {
      const opened = await openUnfinished(url, 1_000, signal);
      await Promise.all(opened.map(({ gone }) => gone));
    },
};
