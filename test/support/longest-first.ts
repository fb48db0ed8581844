import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take half a minute or more by themselves, from the longest on. */
const longest = [
  'server/history/compact',
  'server/history/through-server',
  'server/history/traces',
  'durability/replay',
  'durability/crash-fuzz',
  'client/editor/histories',
  'browser/random-steps',
  'fuzz/together',
  'fuzz/threads',
  'shared/markdown-identity',
  'durability/kill-',
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
