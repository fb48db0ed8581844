/** What the bench and its generator process say to each other. One command at a time. */
import type { Counts } from './tally.ts';
import type { Target } from './wire.ts';

export type Command =
  | {
      readonly do: 'join';
      readonly target: Target;
      readonly rooms: readonly string[];
      readonly people: number;
      /** How many of the people of each room type. */
      readonly typists: number;
      /** Text that the first typist of each room puts there, in characters. */
      readonly characters: number;
    }
  | {
      readonly do: 'type';
      readonly keysPerSecond: number;
      /** Typed but not measured, at the start. */
      readonly warmUpSeconds: number;
      readonly seconds: number;
      /** The server, whose CPU time is read at both ends of the measured stretch. */
      readonly serverPid: number;
      /**
       * Counts also what was typed in the measured stretch and arrived after it: else a server that
       * does not answer would have no late keystrokes.
       */
      readonly toTheLast?: boolean;
    }
  | { readonly do: 'leave' };

/** Figures of one measured stretch; times in milliseconds. */
export interface Typed {
  readonly delivered: number;
  readonly deliveryP50: number;
  readonly deliveryP99: number;
  readonly deliveryMax: number;
  readonly saved: number;
  readonly savedP50: number;
  readonly savedP99: number;
  /** CPU time of the server process, in µs per delivered change. */
  readonly serverCpu: number;
  /** The same of the Postgres that the server runs; 0 where it runs none. */
  readonly databaseCpu: number;
  /** Shares of one core. */
  readonly serverLoad: number;
  readonly generatorLoad: number;
  /** How late the generator pressed its keys, 99th percentile. */
  readonly lateP99: number;
  /** Keystrokes that had not reached somebody when the wait for them ended. */
  readonly missing: number;
  /** Frames since the clients joined. */
  readonly frames: Counts;
}

export type Reply =
  | { readonly ok: true; readonly typed: Typed | null }
  | { readonly ok: false; readonly error: string };
