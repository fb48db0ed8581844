import { existsSync } from 'node:fs';
import { everything, project, run } from './vitest.config.ts';

/** Some files once more, with something in their environment. */
const again = (name: string, env: Record<string, string>, files: string[]) =>
  project(
    name,
    files.map((file) => `test/${file}.test.ts`),
    { env, isolate: false },
  );

const traces = process.env.TRACES_DIR || '../shared/traces';

/** For `.ci/run`: all in one run, so that the workers that one part leaves idle begin with the next. */
export default run([
  // What people do together, over two servers whose connections are given out in turn.
  again('two servers', { SERVERS: '2' }, [
    'engine/{rights,locked,refused,never-saved}',
    'server/{threads,versions}/live',
    'browser/{writing-together,threads,offline,locked}',
  ]),
  // What counts on transactions most, through PgBouncer; the rest of it is in test/server/db/pooler*.
  again('pooler', { TEST_POOLER: 'pgbouncer' }, [
    'server/store/*',
    'engine/{rights,held-bytes}',
    'server/backup/round-trip',
    'durability/frozen-database',
  ]),
  // A newcomer has no recorded sessions beside the clone: what stands in for them has to do as well.
  ...(existsSync(traces)
    ? [
        again('without traces', { TRACES_DIR: '/nowhere' }, [
          'server/history/{block-end,compact,through-server,traces}',
          'durability/replay',
        ]),
      ]
    : []),
  ...everything,
]);
