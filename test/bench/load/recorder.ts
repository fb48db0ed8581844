/** What is recorded in one stretch of time; what happens outside of it is not counted. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Milliseconds, in the order in which they were met. */
export class Samples {
  private values = new Float64Array(1 << 12);
  private used = 0;

  get count(): number {
    return this.used;
  }

  add(value: number): void {
    if (this.used === this.values.length) {
      const larger = new Float64Array(this.used * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.used++] = value;
  }

  all(): Float64Array {
    return this.values.slice(0, this.used);
  }
}

/** How often the own event loop is looked at, in ms: its delay counts from there on. */
const lookMs = 5;

export class Recorder {
  /** Whether the stretch has begun and not ended. */
  open = false;
  readonly delivered = new Samples();
  readonly saved = new Samples();
  readonly late = new Samples();
  pressed = 0;
  skipped = 0;
  /** The process' share of a core while it was open. */
  load = 0;
  private readonly loop = monitorEventLoopDelay({ resolution: lookMs });
  private openedAt = 0;
  private cpuAtOpening: NodeJS.CpuUsage = { user: 0, system: 0 };

  begin(): void {
    this.open = true;
    this.openedAt = performance.now();
    this.cpuAtOpening = process.cpuUsage();
    this.loop.enable();
  }

  end(): void {
    if (!this.open) return;
    this.open = false;
    this.loop.disable();
    const { user, system } = process.cpuUsage(this.cpuAtOpening);
    this.load = (user + system) / 1000 / (performance.now() - this.openedAt);
  }

  /** How long the event loop was lost in ms, at a percentile (0 to 100); 0 where it was not looked at. */
  loopDelay(percentile: number): number {
    return Math.max(0, this.loop.percentile(percentile) / 1e6 - lookMs);
  }
}
