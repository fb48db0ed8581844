import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

const browser = 'test/browser/**/*.test.ts';

/** Files of tests, and what is otherwise with them. */
export function project(
  name: string,
  include: string[],
  options: object,
): TestProjectConfiguration {
  return {
    resolve: {
      alias: [
        {
          find: /^\.\.\/worker-file\.ts$/,
          replacement: fileURLToPath(new URL('test/support/worker-file.ts', import.meta.url)),
        },
      ],
    },
    test: {
      name,
      include,
      // These end what hangs, also on a machine that has more to do.
      testTimeout: 180_000,
      hookTimeout: 180_000,
      pool: 'forks',
      // What is waited for comes when it comes: a busy machine is no failure.
      expect: { poll: { timeout: 15_000 } },
      ...options,
    },
  };
}

/** What a run of some projects is. */
export const run = (projects: TestProjectConfiguration[]) =>
  defineConfig({
    test: {
      globalSetup: 'test/support/global-setup.ts',
      // Every file starts real servers, and waits for them: two cores carry three files at a time.
      maxWorkers: 3,
      sequence: { sequencer: LongestFirst },
      projects,
    },
  });

/** They put something in the place of a module, which has to be theirs alone. */
export const mocked = 'test/server/people/{hashing,passwords}.test.ts';

/** Files share a process, and with it what they import: that is 1.2 s of processor time for each of them. */
const shared = { isolate: false };

/** What `npm test` runs. */
export const everything = [
  project('browser', [browser], shared),
  project('mocked', [mocked], {}),
  project('node', ['test/**/*.test.ts'], {
    ...shared,
    exclude: [...configDefaults.exclude, browser, mocked],
  }),
];

export default run(everything);
