import type * as Y from 'yjs';
import { readBlocks, type Line } from '../blocks.ts';
import {
  blockAttributes,
  inlineAttributes,
  type Attributes,
  type LineKind,
  type Marks,
} from '../schema.ts';

/*
 * Edits of a body, each the smallest operation that makes it (S1): structure is one line break or
 * one attribute. No edit of structure deletes and re-inserts text, so nobody's concurrent words,
 * authorship or anchors are lost by one. Indexes are into the body; all throw RangeError outside.
 * An index between the halves of a surrogate pair counts as that before it: Yjs would replace both.
 */

/** Inserts text within a line, in the given look only: nothing is taken over from its neighbours. */
export function insertText(body: Y.Text, index: number, text: string, marks: Marks = {}): void {
  checkIndex(body, index);
  if (text.includes('\n')) throw new RangeError('A line break is made by splitLine');
  body.insert(characterStart(body, index), text, { ...marks });
}

export function insertEmbed(body: Y.Text, index: number, embed: object, marks: Marks = {}): void {
  checkIndex(body, index);
  body.insertEmbed(characterStart(body, index), embed, { ...marks });
}

export function deleteRange(body: Y.Text, from: number, to: number): void {
  checkRange(body, from, to);
  const start = characterStart(body, from);
  const end = characterStart(body, to);
  if (end > start) body.delete(start, end - start);
}

/**
 * Ends the line at `index` with one line break. Both halves are what the line was; after the end of
 * a heading a paragraph begins, so there the new break goes behind the heading's own.
 * @returns the index at which the second half begins.
 */
export function splitLine(body: Y.Text, index: number): number {
  const line = lineAt(body, index);
  const at = characterStart(body, index, line);
  const behind = line.kind === 'heading' && at === line.to && line.from < line.to;
  if (behind) body.insert(at + 1, '\n', {});
  else body.insert(at, '\n', line.ended ? breakAttributes(line) : {});
  return at + 1;
}

/**
 * Joins the line at `index` with the one before it by deleting one line break. The whole is what
 * the first one was, unless that was empty. Does nothing on the first line.
 */
export function joinLine(body: Y.Text, index: number): void {
  const line = lineAt(body, index);
  if (line.from === 0) return;
  const before = lineAt(body, line.from - 1);
  transact(body, () => {
    if (before.from < before.to) putAttributes(body, line, breakAttributes(before));
    body.delete(before.to, 1);
  });
}

/** Makes the line at `index` what `kind` says; unknown attributes of its break stay. */
export function setBlock(body: Y.Text, index: number, kind: LineKind): void {
  putAttributes(body, lineAt(body, index), kindAttributes(kind));
}

/** Puts `mark` on the text from `from` to `to`, or takes it off where all of it has it. */
export function toggleMark(
  body: Y.Text,
  from: number,
  to: number,
  mark: Exclude<keyof Marks, 'link'>,
): void {
  checkRange(body, from, to);
  const pieces = textPieces(body, from, to);
  const value = pieces.every((piece) => piece.marks[mark]) ? null : true;
  transact(body, () => {
    for (const piece of pieces) body.format(piece.from, piece.length, { [mark]: value });
  });
}

/** Links the text from `from` to `to`; null unlinks it. */
export function setLink(body: Y.Text, from: number, to: number, url: string | null): void {
  checkRange(body, from, to);
  transact(body, () => {
    for (const piece of textPieces(body, from, to)) {
      body.format(piece.from, piece.length, { link: url });
    }
  });
}

/** The attributes that a line break of this kind carries. */
export function kindAttributes(kind: LineKind): Attributes {
  switch (kind.kind) {
    case 'paragraph':
      return {};
    case 'heading':
      return { header: kind.level };
    case 'thesis':
      return { thesis: kind.id };
    case 'counterpoint':
      return {
        counterpoint: kind.id,
        ...(kind.answers !== undefined && { answers: kind.answers }),
      };
    case 'quote':
      return { blockquote: true };
    case 'list':
      return { list: kind.style, ...(kind.indent > 0 && { indent: kind.indent }) };
    case 'code':
      return { 'code-block': true };
    case 'raw':
      return { raw: kind.format };
  }
}

/** The line that `index` is in; past a last line break, an empty paragraph. */
export function lineAt(body: Y.Text, index: number): Line {
  checkIndex(body, index);
  const end = body.length;
  const found = readBlocks(body.toDelta() as unknown[]).find((line) => index <= line.to);
  return (
    found ?? { kind: 'paragraph', spans: [], from: end, to: end, ended: false, attributes: {} }
  );
}

function characterStart(body: Y.Text, index: number, line = lineAt(body, index)): number {
  let from = line.from;
  for (const span of line.spans) {
    const length = 'text' in span ? span.text.length : 1;
    if (index <= from + length) {
      const code = 'text' in span ? span.text.charCodeAt(index - from - 1) : 0;
      const inside = index < from + length && code >= 0xd800 && code < 0xdc00;
      return inside ? index - 1 : index;
    }
    from += length;
  }
  return index;
}

/** Formats the line's break with what differs only. A last line without a break gets one. */
function putAttributes(body: Y.Text, line: Line, wanted: Attributes): void {
  if (!line.ended) {
    if (Object.keys(wanted).length > 0) body.insert(line.to, '\n', { ...wanted });
    return;
  }
  const changes: Record<string, unknown> = {};
  for (const name of new Set([...blockAttributes, ...Object.keys(wanted)])) {
    const value = wanted[name] ?? null;
    if (value !== (line.attributes[name] ?? null)) changes[name] = value;
  }
  if (Object.keys(changes).length > 0) body.format(line.to, 1, changes);
}

/** All that a line's break carries, without inline attributes that got onto it. */
function breakAttributes(line: Line): Attributes {
  const inline: readonly string[] = inlineAttributes;
  return Object.fromEntries(
    Object.entries(line.attributes).filter(([name]) => !inline.includes(name)),
  );
}

interface Piece {
  from: number;
  length: number;
  marks: Marks;
}

/** The stretches of text and embeds from `from` to `to`: everything but the line breaks. */
function textPieces(body: Y.Text, from: number, to: number): Piece[] {
  const pieces: Piece[] = [];
  for (const line of readBlocks(body.toDelta() as unknown[])) {
    let index = line.from;
    for (const span of line.spans) {
      const end = index + ('text' in span ? span.text.length : 1);
      const start = Math.max(from, index);
      const stop = Math.min(to, end);
      if (start < stop) pieces.push({ from: start, length: stop - start, marks: span.marks });
      index = end;
    }
  }
  return pieces;
}

function transact(body: Y.Text, edit: () => void): void {
  if (body.doc) body.doc.transact(edit);
  else edit();
}

function checkIndex(body: Y.Text, index: number): void {
  if (!Number.isInteger(index) || index < 0 || index > body.length) {
    throw new RangeError(`Index ${index} is outside of a body of length ${body.length}`);
  }
}

function checkRange(body: Y.Text, from: number, to: number): void {
  checkIndex(body, from);
  checkIndex(body, to);
  if (from > to) throw new RangeError(`Range ${from}–${to} is backwards`);
}
