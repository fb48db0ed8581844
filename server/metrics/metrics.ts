import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { errorTable, type ErrorCode } from '../errors.ts';
import { byName, Meters } from './meters.ts';
import { databaseMetrics, type DatabaseSource } from './sources/database.ts';
import { jobMetrics, type JobSource } from './sources/jobs.ts';
import { roomMetrics, type RoomSource } from './sources/rooms.ts';
import { savingMetrics, type SavingSource } from './sources/saving.ts';
import { serversMetrics, type ServersSource } from './sources/servers.ts';
import { socketMetrics, type SocketSource } from './sources/sockets.ts';
import { workerMetrics, type WorkerSource } from './sources/workers.ts';

/** What is watched. */
export type Watched = SavingSource &
  RoomSource &
  SocketSource &
  WorkerSource &
  DatabaseSource &
  ServersSource &
  JobSource;

/** Problems that are answered with 429: by which bound somebody was held back. */
const heldBack = (Object.keys(errorTable) as ErrorCode[]).filter(
  (code) => errorTable[code].status === 429,
);
/**
 * Of the delay of the event loop since the last scrape, by whomever: right after one these are no number,
 * or 292 years.
 */
const senseless = ['min', 'mean', 'stddev'].map((what) => `nodejs_eventloop_lag_${what}_seconds`);
/**
 * How often the delay of the event loop is sampled. A sample is a wakeup: with one every 10 ms, the package's
 * own, a server that nobody types at used nearly twice the processor.
 */
const delayEveryMs = 50;
/** In seconds. A commit of a quiet server takes some milliseconds. */
const commitBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const requestBuckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10];

/**
 * What `/metrics` shows, in Prometheus' units and names.
 *
 * Invariant: the values of every label are known to the source beforehand, or are those of our own
 * routes. Nothing that a client sends, no id and no path, becomes one: each would stay for ever.
 */
export class Metrics {
  readonly #meters = new Meters(new Registry());
  readonly #commits: Histogram;
  readonly #requests: Histogram<'method' | 'route' | 'status'>;
  readonly #heldBack = new Map<ErrorCode, number>();
  #text: Promise<string> | null = null;

  constructor() {
    const { registry } = this.#meters;
    const registers = [registry];
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: delayEveryMs });
    for (const name of senseless) registry.removeSingleMetric(name);
    this.#commits = new Histogram({
      name: 'counterpoint_commit_duration_seconds',
      help: 'From the beginning of a commit of the journal to its end, tries that failed included',
      ...{ buckets: commitBuckets, registers },
    });
    this.#requests = new Histogram({
      name: 'counterpoint_http_request_duration_seconds',
      help: 'HTTP requests, by the template of their route',
      labelNames: ['method', 'route', 'status'],
      ...{ buckets: requestBuckets, registers },
    });
  }

  /** Where the numbers come from; to be called once. */
  watch(watched: Watched): void {
    savingMetrics(this.#meters, watched);
    roomMetrics(this.#meters, watched);
    socketMetrics(this.#meters, watched);
    workerMetrics(this.#meters, watched);
    databaseMetrics(this.#meters, watched);
    serversMetrics(this.#meters, watched);
    jobMetrics(this.#meters, watched);
    const atSockets = () => watched.sockets.status.handshakesRefused.of('429');
    this.#meters.counter(
      'counterpoint_too_many_requests_total',
      'Requests and handshakes of sockets that were answered with 429, by the bound that was met',
      () =>
        byName('kind', heldBack, (code) => {
          const byHttp = this.#heldBack.get(code) ?? 0;
          return code === 'too_many_tries' ? byHttp + atSockets() : byHttp;
        }),
      ['kind'],
    );
  }

  committed(ms: number): void {
    this.#commits.observe(ms / 1_000);
  }

  /** `route`: the template, such as `/api/pieces/:id`. */
  answered(request: { method: string; route: string; status: number }, ms: number): void {
    const { method, route, status } = request;
    this.#requests.observe({ method, route, status: String(status) }, ms / 1_000);
  }

  /** Somebody was answered with a problem. */
  problem(code: ErrorCode): void {
    if (errorTable[code].status !== 429) return;
    this.#heldBack.set(code, (this.#heldBack.get(code) ?? 0) + 1);
  }

  get contentType(): string {
    return this.#meters.registry.contentType;
  }

  /** The exposition format. Who asks while it is being written gets the same: it is written once at a time. */
  async text(): Promise<string> {
    this.#text ??= this.#meters.registry.metrics().finally(() => {
      this.#text = null;
    });
    return this.#text;
  }
}
