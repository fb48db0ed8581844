import type { Comparison } from '../../shared/document/compare/index.ts';
import type { Held } from '../collab/ports.ts';
import type { Attributed } from './attribution.ts';
import type { Packing } from './packer.ts';
import type { PastState } from './questions.ts';
import type { Until } from './replay.ts';
import type { Stretch } from './stretches.ts';

/** What the history thread can be asked, and what it answers: plain values, to be sent. */
export interface Tasks {
  at: {
    readonly ask: { readonly pieceId: string; readonly until: Until };
    readonly answer: PastState;
  };
  history: { readonly ask: { readonly pieceId: string }; readonly answer: Stretch[] };
  attribution: {
    readonly ask: { readonly pieceId: string; readonly until: Until };
    readonly answer: Attributed[];
  };
  diff: {
    readonly ask: { readonly pieceId: string; readonly from: Until; readonly to: Until };
    /** Null: the piece had not been begun at one of them. */
    readonly answer: Comparison | null;
  };
  /** Null: no section begins there. */
  restore: { readonly ask: RestoreAsk; readonly answer: RestorePlan | null };
  /** Of each list of updates, whether the journal has their words. */
  holds: {
    readonly ask: {
      readonly pieceId: string;
      readonly updates: readonly (readonly Uint8Array[])[];
    };
    readonly answer: Held[];
  };
  pack: {
    readonly ask: { readonly pieceId: string; readonly unfilled: boolean };
    readonly answer: Packing;
  };
}

/** How a document, as it is now, is to become what it was. */
export interface RestoreAsk {
  readonly pieceId: string;
  /** The row up to and with which it is brought back. */
  readonly seq: number;
  /** The document now, as an update. */
  readonly now: Uint8Array;
  /** What the restored words are written with. */
  readonly clientId: number;
  /** The index, in the body that is brought back, at which the one section begins; null: all. */
  readonly section: number | null;
}

export interface RestorePlan {
  /** Null: it reads so already. */
  readonly update: Uint8Array | null;
  readonly changes: Comparison;
}

export type TaskName = keyof Tasks;
export type Ask<Name extends TaskName> = Tasks[Name]['ask'];
export type Answer<Name extends TaskName> = Tasks[Name]['answer'];

export type ToWorker =
  | { readonly type: 'task'; readonly name: TaskName; readonly ask: Ask<TaskName> }
  | { readonly type: 'end' };

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly answer: unknown }
  | {
      readonly type: 'failed';
      readonly message: string;
      readonly code: string | null;
      readonly stack: string;
    };
