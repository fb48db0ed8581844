import { onTestFinished } from 'vitest';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { installJobs } from '../../../server/jobs/install.ts';
import { Jobs } from '../../../server/jobs/jobs.ts';
import type { JobKind } from '../../../server/jobs/kinds.ts';
import { recordingLog, silentLog } from '../../support/silent-log.ts';

export interface Numbered {
  readonly n: number;
}

/** A kind of which the server knows nothing; each test has its own. */
export async function newKind(
  sql: Sql,
  name: string,
  how: Partial<JobKind<Numbered>> = {},
): Promise<JobKind<Numbered>> {
  const kind = { name, leaseSeconds: 60, retries: 2, retryAfterSeconds: 8, ...how };
  await sql.begin((tx) => installJobs(tx, [kind]));
  return kind;
}

/** What one of several servers has: jobs with a pool of its own, that is asked by hand. */
export function openJobs(url: string) {
  const log = recordingLog();
  const sql = connect(url, { log: silentLog, name: 'test jobs', max: 2 });
  const jobs = new Jobs({ sql, log });
  onTestFinished(async () => {
    await jobs.stop();
    await sql.end();
  });
  return { jobs, log };
}

export const numbered = (n: number, afterMs = 0) => ({ key: String(n), payload: { n }, afterMs });

/** A promise, and what settles it. */
export function gate() {
  let open = () => undefined as void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
