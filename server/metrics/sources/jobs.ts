import type { Jobs, JobStatus } from '../../jobs/jobs.ts';
import type { Meters, Series } from '../meters.ts';

export interface JobSource {
  readonly jobs: Pick<Jobs, 'status'>;
}

/**
 * Work that any server does. What is in the database is told as it was some seconds ago, and not at all
 * before a server has looked: a 0 that is none would raise an alarm with the number after it.
 */
export function jobMetrics(meters: Meters, { jobs }: JobSource): void {
  type Counts = Readonly<Record<string, number>>;
  const each = (countsOf: (status: JobStatus) => Counts, label: string) =>
    [...jobs.status].flatMap(([kind, status]): Series[] =>
      Object.entries(countsOf(status)).map(([name, value]) => ({
        ...{ labels: { kind, [label]: name }, value },
      })),
    );
  meters.gauge(
    'counterpoint_jobs',
    'Jobs in the database, of all servers: to be done later, to be done now, with a server, given up in the last week',
    () =>
      each(({ queued }): Counts => {
        if (queued === null) return {};
        const { scheduled, due, running, failed } = queued;
        return { scheduled, due, running, failed };
      }, 'state'),
    ['kind', 'state'],
  );
  meters.gauge(
    'counterpoint_jobs_oldest_due_seconds',
    'For how long the job has been due that nobody has begun for the longest time',
    () =>
      [...jobs.status].flatMap(([kind, { queued }]) =>
        queued === null ? [] : [{ labels: { kind }, value: queued.oldestDueMs / 1_000 }],
      ),
    ['kind'],
  );
  meters.counter(
    'counterpoint_jobs_ended_total',
    'Jobs that this server has done, that failed here and are tried again, and that it saw given up',
    () =>
      each(({ ended: { done, retried, givenUp } }) => {
        return { done, retried, given_up: givenUp };
      }, 'result'),
    ['kind', 'result'],
  );
}
