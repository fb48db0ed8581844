import type { Workers } from '../../workers/pool.ts';
import type { Meters, Series } from '../meters.ts';

export interface WorkerSource {
  /** By name. `workers`: what requests wait for; `states`: what open pieces do; `packing`: the history. */
  readonly workers: Readonly<Record<'workers' | 'states' | 'packing', Pick<Workers, 'status'>>>;
}

/** What waits for threads, and for how long (B2). */
export function workerMetrics(meters: Meters, { workers }: WorkerSource): void {
  const each = (valueOf: (status: Workers['status']) => number) => (): Series[] =>
    Object.entries(workers).map(([name, { status }]) => ({
      labels: { pool: name === 'workers' ? 'requests' : name },
      value: valueOf(status),
    }));
  meters.gauge(
    'counterpoint_worker_tasks_waiting',
    'Tasks that wait for a thread',
    each(({ waiting }) => waiting),
    ['pool'],
  );
  meters.gauge(
    'counterpoint_worker_tasks_running',
    'Tasks that a thread is at',
    each(({ running }) => running),
    ['pool'],
  );
  meters.gauge(
    'counterpoint_worker_oldest_wait_seconds',
    'For how long the task has waited that has waited the longest',
    each(({ oldestMs }) => oldestMs / 1_000),
    ['pool'],
  );
  meters.counter(
    'counterpoint_worker_tasks_total',
    'Tasks that threads have begun',
    each(({ begun }) => begun),
    ['pool'],
  );
  meters.counter(
    'counterpoint_worker_wait_seconds_total',
    'How long these had waited, together',
    each(({ waitedMs }) => waitedMs / 1_000),
    ['pool'],
  );
}
