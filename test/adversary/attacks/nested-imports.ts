import type { Attack } from '../attack.ts';
import { api, untilGivenUp } from '../api.ts';

/** What a Markdown parser finds hard, each some 10 kB. */
const hard = [
  `${'* '.repeat(5_000)}a`,
  `${':::a\n'.repeat(2_000)}`,
  `${'1. '.repeat(3_300)}a`,
  '*a_ '.repeat(10_000),
  `${'>'.repeat(10_000)} a`,
];

/** Row 8: imports that cost far more than they weigh. Others' exports waited for 34 s, or got 503. */
export const nestedImports: Attack = {
  name: 'somebody imports 36 texts of 10 kB that are hard to read, at once',
  async prepare(ground) {
    const person = await ground.person('Nested Imports');
    return async (signal) => {
      const call = api(ground, person, signal);
      for (let round = 0; round < 3 && !signal.aborted; round++) {
        const imports = Array.from({ length: 36 }, (_, i) =>
          call('POST', '/api/pieces', { content: hard[i % hard.length] }),
        );
        await untilGivenUp(signal, imports);
      }
    };
  },
};
