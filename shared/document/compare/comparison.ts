import type { Line } from '../blocks.ts';
import type { Attributes, LineKind } from '../schema.ts';

/** An attribute of a text or a line break, and its values before and after; null: it has none. */
export interface FormatChange {
  readonly attribute: string;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * A stretch of text, and what became of it. An embed is a part of its own, with one U+FFFC for text.
 * A comparison holds both sides: its parts but the added ones are the text before, its parts but the
 * removed ones the text after.
 */
export interface TextPart {
  readonly change: 'same' | 'added' | 'removed';
  readonly text: string;
  /** As in the delta. */
  readonly embed?: object;
  /** Its inline attributes: of what was removed, as they were; of all else, as they are after. */
  readonly attributes?: Attributes;
  /** Of text that is the same: how its attributes were changed. */
  readonly formats?: readonly FormatChange[];
}

/** What a line was on one side. `attributes` are all those of its line break. */
export type LineBlock = LineKind & {
  readonly attributes?: Attributes;
  /** Of a last line that has no line break. */
  readonly ended?: false;
};

/**
 * A line of the body, and what became of it. `moved` ones may have other words, too. `restyled`: its
 * kind, or the look of its words, is another. Indexes are of its beginning, in the body before and
 * after; null where it is not there.
 */
export interface LineChange {
  readonly change: 'same' | 'changed' | 'moved' | 'added' | 'removed';
  readonly restyled: boolean;
  readonly kind: Line['kind'];
  readonly before: number | null;
  readonly after: number | null;
  readonly block: { readonly before: LineBlock | null; readonly after: LineBlock | null };
  /** How the attributes of its line break were changed. */
  readonly formats?: readonly FormatChange[];
  readonly parts: readonly TextPart[];
}

/**
 * A footnote, and what became of it; a "\n" divides its paragraphs. `moved` ones, whose mark was taken
 * out in one place and put in at another, may have other words, too. Indexes are of its first mark, in
 * the body before and after; null where no mark refers to it.
 */
export interface FootnoteChange {
  readonly id: string;
  readonly change: LineChange['change'];
  readonly before: number | null;
  readonly after: number | null;
  readonly parts: readonly TextPart[];
}

/**
 * A field beside the text, and what became of it: its plain values before and after, of which one that
 * is not there is null, too.
 */
export interface MetaChange {
  readonly name: string;
  readonly change: 'same' | 'changed' | 'added' | 'removed';
  readonly before: unknown;
  readonly after: unknown;
}

/** Counted over title, standfirst, body and footnotes. */
export type ChangeCounts = {
  /** A moved line's words count only where they were changed. */
  readonly words: { readonly added: number; readonly removed: number };
  /** Changes of format that readers see: of neighbouring words, or of a line, each counts once. */
  readonly formats: number;
  /** Embeds that were put in or taken out. */
  readonly embeds: number;
};

export interface Comparison extends ChangeCounts {
  /** Whether the two are equal; nothing in a comparison of two that differ says so. */
  readonly same: boolean;
  readonly title: readonly TextPart[];
  readonly standfirst: readonly TextPart[];
  /** In the order of the later body; what was removed, where it stood. */
  readonly lines: readonly LineChange[];
  /** In the order of their marks in the later body, then in the earlier one. */
  readonly footnotes: readonly FootnoteChange[];
  /** All fields of both, by their names. */
  readonly meta: readonly MetaChange[];
}

/** What was changed, without a word of it. */
export type ChangeSummary = ChangeCounts & {
  readonly title: boolean;
  readonly standfirst: boolean;
  /** How many lines of the body, and how many footnotes. */
  readonly lines: number;
  readonly footnotes: number;
  /** How many fields beside the text. */
  readonly meta: number;
};
