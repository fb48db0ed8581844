import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take half a minute or more by themselves, from the longest on. */
const longest = [
  'durability/kill-server',
  'browser/compositions',
  'server/history/compact',
  'browser/threads-matrix',
  'server/history/through-server',
  'server/history/traces',
  'server/history/authorship',
  'durability/replay',
  'durability/crash-fuzz',
  'client/editor/histories',
  'browser/random-steps',
  'browser/history',
  'browser/argument',
  'durability/restart',
  'server/rights/routes',
  'fuzz/together',
  'fuzz/threads',
  'browser/people',
  'browser/editor',
  'browser/saved-states',
  'shared/markdown-identity',
  'durability/kill-postgres',
  'server/db/embedded',
  'server/history/block-end',
  'engine/rights',
];

/**
 * Begins with what takes longest: begun last, it would leave the other workers idle. A fresh clone has
 * no times of an earlier run, and goes by the length of the files otherwise.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = longest.findIndex((name) => moduleId.includes(`/test/${name}`));
      return found < 0 ? longest.length : found;
    };
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => place(a) - place(b));
  }
}
