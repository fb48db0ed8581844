/**
 * The names and attributes of a document. The body is one flat text in Quill's Delta conventions:
 * text with inline attributes, and every line ended by a "\n" that carries the line's attributes.
 */

/** Raised when an older client could misread what a newer one writes. */
export const schemaVersion = 2;

/**
 * Keys of the shared types of a document: three `Y.Text`, a `Y.Map` from id to `Y.Text`, and one of
 * plain JSON values (`meta`).
 */
export const sharedTypes = {
  title: 'title',
  standfirst: 'standfirst',
  body: 'body',
  footnotes: 'footnotes',
  meta: 'meta',
} as const;

export type Attributes = Readonly<Record<string, unknown>>;

/** One insert of a Delta: text, or an embed (one character wide). */
export interface DeltaOp {
  insert: string | object;
  attributes?: Attributes;
}

/** Attributes that count on line breaks, the strongest first: see `readKind` in `blocks.ts`. */
export const blockAttributes = [
  'header',
  'thesis',
  'counterpoint',
  'answers',
  'blockquote',
  'list',
  'indent',
  'code-block',
  'raw',
] as const;

/** Attributes that count on text and embeds. */
export const inlineAttributes = ['bold', 'italic', 'strike', 'code', 'link'] as const;

export type HeadingLevel = 2 | 3 | 4;
export type ListStyle = 'bullet' | 'ordered';
/** What the source in a raw block is. */
export type RawFormat = 'markdown' | 'html';

/** Deepest `indent` of a list line, as in Quill. */
export const maxIndent = 8;

/** What a line is. */
export type LineKind =
  | { kind: 'paragraph' }
  | { kind: 'heading'; level: HeadingLevel }
  | { kind: 'thesis'; id: string }
  | { kind: 'counterpoint'; id: string; answers?: string }
  | { kind: 'quote' }
  | { kind: 'list'; style: ListStyle; indent: number }
  | { kind: 'code' }
  /** Source of what a document has no form for: kept, and published as it came. */
  | { kind: 'raw'; format: RawFormat };

/** How a stretch of text looks. Absent means no. */
export interface Marks {
  bold?: true;
  italic?: true;
  strike?: true;
  code?: true;
  link?: string;
}

export type Embed =
  { kind: 'footnote'; id: string } | { kind: 'divider' } | { kind: 'unknown'; value: object };
