import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take half a minute or more by themselves, from the longest on. */
const longest = [
  'durability/kill-server',
  'server/history/traces',
  'cluster/jobs',
  'browser/threads-matrix',
  'durability/replay',
  'server/history/compact',
  'browser/atoms',
  'browser/compositions',
  'browser/history',
  'cluster/deploy',
  'browser/title-marks',
  'cluster/taken-for-dead',
  'durability/restart',
  'browser/saved-states',
  'browser/offline',
  'browser/pasting/in-the-app',
  'browser/threads',
  'server/history/through-server',
  'browser/access/shared-computer',
  'cluster/killed',
  'browser/people',
  'browser/editor',
  'server/backup/while-typing',
  'server/db/mistakes',
  'browser/argument',
  'durability/database-away',
  'durability/kill-postgres',
  'durability/disk-full',
  'browser/threads-fields',
  'fuzz/threads',
];

/**
 * Begins with what takes longest: begun last, it would leave the other workers idle. A fresh clone has
 * no times of an earlier run, and goes by the length of the files otherwise. One project comes after the
 * other, as their configuration names them, since a process is shared within a project only; the last is
 * to have many short files.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const order = this.ctx.projects;
    const place = ({ moduleId }: TestSpecification) => {
      const found = longest.findIndex((name) => moduleId.includes(`/test/${name}.test.`));
      return found < 0 ? longest.length : found;
    };
    const sorted = await super.sort(files);
    return sorted.sort(
      (a, b) => order.indexOf(a.project) - order.indexOf(b.project) || place(a) - place(b),
    );
  }
}
