/** What the bench and its generator processes say to each other. One command at a time. */
import type { Counts } from './tally.ts';
import type { Target } from './wire.ts';

export interface Join {
  readonly target: Target;
  readonly rooms: readonly string[];
  /** Of the people who connect, in turn; without: all by what `target` says. */
  readonly tokens?: readonly string[];
  readonly people: number;
  /** How many of the people of each room type. */
  readonly typists: number;
  /** Text that the first typist of each room puts there, in characters. */
  readonly characters: number;
}

export type Command =
  | ({ readonly do: 'join' } & Join)
  /** Those who type begin, or go on at another speed; in the first `rooms` rooms alone, where given. */
  | { readonly do: 'press'; readonly keysPerSecond: number; readonly rooms?: number }
  /** From now on all is recorded, anew. */
  | { readonly do: 'record' }
  /** How many changes were delivered since. */
  | { readonly do: 'count' }
  /** No longer; people type on. */
  | { readonly do: 'close' }
  /** Nobody types any more. Answers with what was recorded, when all that was typed has arrived. */
  | { readonly do: 'rest' }
  | { readonly do: 'leave' };

/** What a generator recorded; samples in milliseconds. */
export interface Recorded {
  /** From the sending of a keystroke to its receipt by one other person. */
  readonly delivered: Float64Array;
  /** From the sending of a keystroke to the `saved` that covers it. */
  readonly saved: Float64Array;
  /** How late the generator pressed its keys. */
  readonly late: Float64Array;
  /** Keys that were pressed, and that it left out because it was too late for them. */
  readonly pressed: number;
  readonly skipped: number;
  /** Its share of a core. */
  readonly load: number;
  /** How long its own event loop was lost, 99th percentile and longest. */
  readonly loopP99: number;
  readonly loopMax: number;
  /** Keystrokes that had not reached somebody when the wait for them ended. */
  readonly missing: number;
  /** Frames since the clients joined. */
  readonly frames: Counts;
}

export type Answer = Recorded | number | null;

export type Reply =
  { readonly ok: true; readonly answer: Answer } | { readonly ok: false; readonly error: string };
