import type { Node } from 'prosemirror-model';
import {
  kindAttributes,
  readOutline,
  type MissingCode,
  type Outline,
  type OutlinePart,
  type OutlineSection,
} from '../../../../shared/document/index.ts';
import { lineKind, sectionsOf } from '../../../editor/index.ts';

/** A row of the outline: the lede, or a section with what it argues outside of its subsections. */
export interface OutlineRow {
  /** Which of the document's sections it is, from 0; null for the lede. */
  readonly number: number | null;
  readonly heading: string;
  readonly level: number;
  /** Index into the body. */
  readonly from: number;
  readonly words: number;
  readonly flags: readonly MissingCode[];
  readonly points: readonly OutlinePoint[];
}

export interface OutlinePoint {
  readonly kind: 'thesis' | 'counterpoint';
  readonly id: string;
  readonly text: string;
  readonly from: number;
  /** A counterpoint under the thesis that it answers. */
  readonly nested: boolean;
  readonly flags: readonly MissingCode[];
}

/** The argument of a document as rows, in order. */
export function outlineRows(doc: Node): OutlineRow[] {
  const outline = readOutline(deltaOf(doc));
  const rows: OutlineRow[] = [];
  const { lede } = outline;
  if (lede.words > 0 || lede.theses.length > 0) {
    rows.push({ ...rowOf(outline, lede), number: null, heading: '', level: 2 });
  }
  const add = (section: OutlineSection) => {
    const number = rows.filter((row) => row.number !== null).length;
    const { heading, level } = section;
    rows.push({ ...rowOf(outline, section), number, heading, level });
    section.sections.forEach(add);
  };
  outline.sections.forEach(add);
  return rows;
}

/** The number of the section that a line is in; null in the lede. */
export function sectionAt(doc: Node, line: number): number | null {
  const number = sectionsOf(doc).findLastIndex(({ first, last }) => first <= line && line <= last);
  return number < 0 ? null : number;
}

function rowOf(outline: Outline, part: OutlinePart) {
  const flagsAt = (from: number, id?: string) =>
    outline.missing.filter((each) => each.at === from && each.id === id).map(({ code }) => code);
  const answering = new Set(part.theses.flatMap(({ counterpoints }) => counterpoints));
  const point = (
    kind: OutlinePoint['kind'],
    { id, text, from }: { id: string; text: string; from: number },
    nested: boolean,
  ): OutlinePoint => ({ kind, id, text, from, nested, flags: flagsAt(from, id) });
  // A counterpoint is listed once: under its thesis where that stands in the same section.
  const points = [
    ...part.theses.map((thesis) => [
      point('thesis', thesis, false),
      ...thesis.counterpoints.map((each) => point('counterpoint', each, true)),
    ]),
    ...part.counterpoints
      .filter((each) => !answering.has(each) && !isAnsweredFor(outline, each.answers))
      .map((each) => [point('counterpoint', each, false)]),
  ].sort(([a], [b]) => (a?.from ?? 0) - (b?.from ?? 0));
  return {
    from: part.from,
    words: part.words,
    flags: flagsAt(part.from).filter((code) => code !== 'thesis_unanswered'),
    points: points.flat(),
  };
}

/** Whether a counterpoint stands under a thesis somewhere. */
function isAnsweredFor(outline: Outline, answers: string | undefined): boolean {
  if (answers === undefined) return false;
  const has = (part: OutlinePart) => part.theses.some(({ id }) => id === answers);
  const inSection = (section: OutlineSection): boolean =>
    has(section) || section.sections.some(inSection);
  return has(outline.lede) || outline.sections.some(inSection);
}

/** Lines do not change, they are replaced: each is read once. */
const read = new WeakMap<Node, readonly object[]>();

/** The body as the outline reads it: what lines are and say, not how the words look. */
function deltaOf(doc: Node): object[] {
  return doc.children.flatMap((line) => {
    const known = read.get(line);
    if (known) return known;
    const text = line.textBetween(0, line.content.size, undefined, ' ');
    const ops: object[] = text === '' ? [] : [{ insert: text }];
    ops.push({ insert: '\n', attributes: kindAttributes(lineKind(line)) });
    read.set(line, ops);
    return ops;
  });
}
