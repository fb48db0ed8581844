import { expect, test } from 'vitest';
import { runScript } from '../../support/run-script.ts';

test('a thread answers out of the sources too, as `npm run dev` has it', async () => {
  const script = runScript('test/server/workers/from-sources.ts', []);
  expect(JSON.parse(await script.line())).toMatchObject({ warnings: [] });
});
