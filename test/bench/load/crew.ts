/**
 * All generator processes that load one server. A room is in one process, because its people know
 * each other's clocks; rooms are given out in turn.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { percentileOfSorted as percentile } from '../stats.ts';
import { Generator } from './control.ts';
import type { Command, Join, Recorded } from './messages.ts';

/** Figures of what was typed in one stretch or several; times in milliseconds. */
export interface Typed {
  readonly delivered: number;
  readonly deliveryP50: number;
  readonly deliveryP99: number;
  readonly deliveryMax: number;
  readonly saved: number;
  readonly savedP50: number;
  readonly savedP99: number;
  readonly missing: number;
  /** Of the generator: how late keys were pressed, and how many not at all. */
  readonly lateP99: number;
  readonly lateMax: number;
  readonly pressed: number;
  readonly skipped: number;
  /** Its event loop's delay, and its share of a core, both of the worst of its processes. */
  readonly loopP99: number;
  readonly loopMax: number;
  readonly generatorLoad: number;
}

export interface Typing {
  readonly keysPerSecond: number;
  /** Typed but not recorded, at the start. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /**
   * Counts also what was typed in the measured stretch and arrived after it: else a server that
   * does not answer would have no late keystrokes.
   */
  readonly toTheLast?: boolean;
}

export class Crew {
  private readonly generators: readonly Generator[];
  private rooms = 0;

  constructor(processes = 1) {
    this.generators = Array.from({ length: processes }, (_, i) => new Generator(i));
  }

  async join({ rooms, ...rest }: Join): Promise<void> {
    const from = this.rooms;
    this.rooms += rooms.length;
    await this.all((generator, i) =>
      generator.tell({
        do: 'join',
        ...rest,
        rooms: rooms.filter((_, at) => (from + at) % this.generators.length === i),
      }),
    );
  }

  /** In the first `rooms` rooms. */
  async press(keysPerSecond: number, rooms = this.rooms): Promise<void> {
    const { length } = this.generators;
    await this.all((generator, i) =>
      generator.tell({ do: 'press', keysPerSecond, rooms: Math.ceil((rooms - i) / length) }),
    );
  }

  record = () => this.tell({ do: 'record' });
  close = () => this.tell({ do: 'close' });

  async leave(): Promise<void> {
    this.rooms = 0;
    await this.tell({ do: 'leave' });
  }

  async count(): Promise<number> {
    const counts = await this.all((generator) => generator.count());
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** What each process recorded. */
  rest(): Promise<Recorded[]> {
    return this.all((generator) => generator.rest());
  }

  /** One stretch, where only what people see is of interest. */
  async type(typing: Typing): Promise<Recorded[]> {
    await this.press(typing.keysPerSecond);
    await pause(typing.warmUpSeconds * 1000);
    await this.record();
    await pause(typing.seconds * 1000);
    if (typing.toTheLast !== true) await this.close();
    return this.rest();
  }

  async stop(): Promise<void> {
    await this.all((generator) => generator.stop());
  }

  private async tell(command: Extract<Command, { do: 'record' | 'close' | 'leave' }>) {
    await this.all((generator) => generator.tell(command));
  }

  private all<T>(work: (generator: Generator, index: number) => Promise<T>): Promise<T[]> {
    return Promise.all(this.generators.map(work));
  }
}

/** All that several processes recorded in several stretches, as one. */
export function typedOf(records: readonly Recorded[]): Typed {
  const delivered = sorted(records.map((record) => record.delivered));
  const saved = sorted(records.map((record) => record.saved));
  const late = sorted(records.map((record) => record.late));
  const sum = (of: (record: Recorded) => number) =>
    records.reduce((total, record) => total + of(record), 0);
  const most = (of: (record: Recorded) => number) => Math.max(...records.map(of));
  return {
    delivered: delivered.length,
    deliveryP50: percentile(delivered, 0.5),
    deliveryP99: percentile(delivered, 0.99),
    deliveryMax: percentile(delivered, 1),
    saved: saved.length,
    savedP50: percentile(saved, 0.5),
    savedP99: percentile(saved, 0.99),
    missing: sum((record) => record.missing),
    lateP99: percentile(late, 0.99),
    lateMax: percentile(late, 1),
    pressed: sum((record) => record.pressed),
    skipped: sum((record) => record.skipped),
    loopP99: most((record) => record.loopP99),
    loopMax: most((record) => record.loopMax),
    generatorLoad: most((record) => record.load),
  };
}

function sorted(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.sort();
}
