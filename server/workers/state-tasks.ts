import type { AnchorInput } from '../../shared/api/threads.ts';
import type { ContentFormat, ExportOptions, ImportWarning } from '../../shared/markdown/index.ts';
import type { StateVector } from '../../shared/anchors/index.ts';
import type { Summary } from '../pieces/summary.ts';
import type { Acceptance } from '../threads/decisions/accept-into.ts';
import type { MadeAnchor } from '../threads/anchors/anchoring.ts';
import type { Carried } from '../threads/anchors/carry-anchors.ts';
import type { CommentRow } from '../threads/comments/comment-store.ts';
import type { Looked, Sought } from '../threads/anchors/look.ts';
import type { takenBack } from '../threads/decisions/taken-back.ts';
import type { AnchorRow, ThreadRow } from '../threads/thread-store.ts';

/** A live document as one update. */
interface Live {
  readonly state: Uint8Array;
}

interface SoughtIn extends Live {
  readonly sought: Sought<AnchorRow>;
}

/** An edit, made on a copy; null: it changes nothing. */
interface Made {
  readonly update: Uint8Array | null;
}

/** What is asked of a live document: of-states.ts does it. */
export interface StateTasks {
  /** Where anchors are. */
  look: { readonly ask: SoughtIn; readonly answer: Looked<AnchorRow> };
  /** The anchor that a request asks for; `points`: whether a place without text will do. */
  anchor: {
    readonly ask: Live & { readonly input: AnchorInput; readonly points: boolean };
    readonly answer: MadeAnchor & { readonly seen: StateVector };
  };
  /** A suggestion, put into the text. */
  accept: {
    readonly ask: SoughtIn & { readonly row: ThreadRow; readonly clientId: number };
    /** `passage`: where it stood when the edit was made; null: nowhere. */
    readonly answer: Made & {
      readonly acceptance: Acceptance;
      readonly passage: Pick<AnchorRow, 'start' | 'end'> | null;
    };
  };
  /** Where an accepted suggestion's words stand again; null: they do not. */
  takenBack: {
    readonly ask: Live & { readonly sought: Sought<ThreadRow>; readonly row: ThreadRow };
    readonly answer: ReturnType<typeof takenBack>;
  };
  /** Content from outside, as an edit. Null: the text is not what `ifMatch` says. */
  replace: {
    readonly ask: SoughtIn & {
      readonly content: string;
      readonly format: ContentFormat;
      readonly ifMatch: string;
      readonly clientId: number;
    };
    readonly answer:
      | (Made & {
          readonly carried: Carried;
          readonly warnings: readonly ImportWarning[];
          readonly etag: string;
          readonly changed: boolean;
          readonly summary: Summary;
        })
      | null;
  };
  /** Other words for title and standfirst. */
  replaceHead: {
    readonly ask: Live & {
      readonly title: string | undefined;
      readonly standfirst: string | undefined;
      readonly clientId: number;
    };
    readonly answer: Made & { readonly summary: Summary };
  };
  /** What an update makes of the anchors of a document. */
  carry: {
    readonly ask: SoughtIn & { readonly update: Uint8Array };
    readonly answer: { readonly carried: Carried; readonly summary: Summary };
  };
  /** The piece as a file; `threads`: those that are told of in it. */
  export: {
    readonly ask: Live &
      Pick<Required<ExportOptions>, 'profile' | 'frontMatter'> & {
        readonly format: 'markdown' | 'html' | 'json';
        readonly threads: {
          readonly sought: Sought<ThreadRow>;
          readonly comments: ReadonlyMap<string, readonly CommentRow[]>;
        } | null;
      };
    readonly answer: { readonly text: string; readonly title: string; readonly etag: string };
  };
  /** As JSON. */
  outline: {
    readonly ask: Live & { readonly sought: Sought<ThreadRow> };
    readonly answer: string;
  };
  etag: { readonly ask: Live; readonly answer: string };
  summary: { readonly ask: Live; readonly answer: Summary };
}

export type PerformsOfStates = {
  readonly [Name in keyof StateTasks]: (
    ask: StateTasks[Name]['ask'],
  ) => Promise<StateTasks[Name]['answer']>;
};
