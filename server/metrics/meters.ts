import { Counter, Gauge, type Registry } from 'prom-client';

/** One number of a metric, and which one it is. The values of labels are few and known (see `Metrics`). */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

type Read = () => number | readonly Series[];

/**
 * Metrics whose numbers are kept elsewhere, and read when somebody asks for them. So the way of a
 * keystroke knows nothing of them, and costs nothing for them.
 */
export class Meters {
  readonly registry: Registry;

  constructor(registry: Registry) {
    this.registry = registry;
  }

  /** Something that goes up and down. `labels`: the names of what `read` tells apart. */
  gauge(name: string, help: string, read: Read, labels: readonly string[] = []): void {
    new Gauge({
      ...{ name, help, labelNames: [...labels], registers: [this.registry] },
      collect() {
        this.reset();
        for (const { labels, value } of seriesOf(read())) this.set(labels, value);
      },
    });
  }

  /** Something that has been counted since the start. */
  counter(name: string, help: string, read: Read, labels: readonly string[] = []): void {
    new Counter({
      ...{ name, help, labelNames: [...labels], registers: [this.registry] },
      collect() {
        this.reset();
        for (const { labels, value } of seriesOf(read())) this.inc(labels, value);
      },
    });
  }
}

function seriesOf(read: number | readonly Series[]): readonly Series[] {
  return typeof read === 'number' ? [{ labels: {}, value: read }] : read;
}

/** A series for each name, in one label. */
export function byName<Name extends string | number>(
  label: string,
  names: readonly Name[],
  valueOf: (name: Name) => number,
): Series[] {
  return names.map((name) => ({ labels: { [label]: String(name) }, value: valueOf(name) }));
}
