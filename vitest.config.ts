import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

export default defineConfig({
  resolve: {
    alias: [
      {
        find: /^\.\.\/worker-file\.ts$/,
        replacement: fileURLToPath(new URL('test/support/worker-file.ts', import.meta.url)),
      },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    // Every file starts real servers, and waits for them: two cores carry three files at a time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // These end what hangs, also on a machine that has more to do.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
    // What is waited for comes when it comes: a busy machine is no failure.
    expect: { poll: { timeout: 15_000 } },
  },
});
