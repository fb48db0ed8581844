import type { PastQuery } from '../../shared/api/versions.ts';
import type { ChangeSummary } from '../../shared/document/compare/index.ts';
import type { CutUpdate, Held, JoinedState, LargeUpdate } from '../collab/ports.ts';
import type { Packing } from '../history/packer.ts';
import type { Until } from '../history/replay.ts';
import type { JsonValue } from '../http/limits/long-body.ts';
import type { Beginning, ReadContent } from '../pieces/read-content.ts';
import type { FieldError } from '../errors.ts';
import type { StateTasks } from './state-tasks.ts';
import type { RefusedAsk, RefusedLook, RefusedPlan } from '../refused/effect/look.ts';

/** What the worker threads can be asked, and what they answer: plain values, to be sent. */
export interface Tasks extends StateTasks, PieceTasks, UpdateTasks {
  /** Content from outside, as the document of a new piece. */
  read: { readonly ask: Beginning; readonly answer: ReadContent };
  /** A long body of a request, as it came, and as JSON says it. */
  readBody: { readonly ask: Uint8Array; readonly answer: JsonValue };
}

/** What open pieces ask for, as `StateWork` has it. */
export interface UpdateTasks {
  join: { readonly ask: { readonly updates: readonly Uint8Array[] }; readonly answer: JoinedState };
  cut: {
    readonly ask: { readonly update: Uint8Array; readonly known: Uint8Array };
    readonly answer: CutUpdate;
  };
  readLarge: {
    readonly ask: UpdateTasks['cut']['ask'] & { readonly foreign: readonly number[] };
    readonly answer: LargeUpdate;
  };
  merge: { readonly ask: { readonly updates: readonly Uint8Array[] }; readonly answer: Uint8Array };
}

/** An answer as it is sent, in UTF-8: written out on the thread, since it grows with a piece. */
type Written = Uint8Array;

/** What is asked of the journal of a piece: of-pieces.ts does it. */
export interface PieceTasks {
  /** The piece as it was, as a text of the kind that is asked for; `as` null: without one. */
  at: {
    readonly ask: {
      readonly pieceId: string;
      readonly until: Until;
      readonly as: PastQuery | null;
    };
    /** `seq`, `at`: as of a `PastState`. */
    readonly answer: {
      readonly seq: number;
      readonly at: number;
      readonly title: string;
      readonly text: Written | null;
    };
  };
  /** As JSON, with the names of people. */
  history: { readonly ask: { readonly pieceId: string }; readonly answer: Written };
  /** As JSON, with the names of people. */
  attribution: {
    readonly ask: { readonly pieceId: string; readonly until: Until };
    readonly answer: Written;
  };
  diff: {
    readonly ask: {
      readonly pieceId: string;
      readonly from: Until;
      readonly to: Until;
      readonly as: 'json' | 'html';
    };
    /** Null: the piece had not been begun at one of them. */
    readonly answer: Written | null;
  };
  /** Null: no section begins there. */
  restore: {
    readonly ask: RestoreAsk;
    readonly answer: {
      /** Null: it reads so already. */
      readonly update: Uint8Array | null;
      /** A comparison, as JSON. */
      readonly changes: Written;
      readonly summary: ChangeSummary;
    } | null;
  };
  /** Of each list of updates, whether the journal has their words. */
  holds: {
    readonly ask: {
      readonly pieceId: string;
      readonly updates: readonly (readonly Uint8Array[])[];
    };
    readonly answer: Held[];
  };
  /** What refused edits of a piece would do, in the order of their ids; null: there is none. */
  refusedLooks: {
    readonly ask: { readonly pieceId: string; readonly ids: readonly string[] };
    readonly answer: (WrittenLook<RefusedLook> | null)[];
  };
  /** How a refused edit is to be applied. Null: there is none. */
  refusedPlan: { readonly ask: RefusedAsk; readonly answer: WrittenLook<RefusedPlan> | null };
  pack: {
    readonly ask: { readonly pieceId: string; readonly unfilled: boolean };
    readonly answer: Packing;
  };
}

/** `changes`: as JSON. */
export type WrittenLook<Look extends RefusedLook> = Omit<Look, 'changes'> & {
  readonly changes: Written | null;
};

/** Those that are asked for when a server has just started, and by it: of-histories.ts does them. */
export type HistoryTasks = 'history' | 'holds' | 'pack';

export type PerformsOfPieces = {
  readonly [Name in keyof PieceTasks]: (
    ask: PieceTasks[Name]['ask'],
  ) => Promise<PieceTasks[Name]['answer']>;
};

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

export type TaskName = keyof Tasks;
export type Ask<Name extends TaskName> = Tasks[Name]['ask'];
export type Answer<Name extends TaskName> = Tasks[Name]['answer'];

export type ToWorker =
  | { readonly type: 'task'; readonly name: TaskName; readonly ask: Ask<TaskName> }
  /** Nobody asks for anything: the thread may load what it has not yet. */
  | { readonly type: 'load' }
  | { readonly type: 'end' };

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly answer: unknown }
  | {
      readonly type: 'failed';
      readonly message: string;
      readonly code: string | null;
      readonly stack: string;
      /** Null: the error is no `Problem`. */
      readonly problem: {
        readonly code: string;
        readonly errors: readonly FieldError[] | null;
        readonly passage: string | null;
      } | null;
      /** The fault is that of an update that came in a frame. */
      readonly badFrame: boolean;
      /** It is too deep or too long for the engine. */
      readonly tooLarge: boolean;
    };
