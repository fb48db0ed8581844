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

/**
 * A row of the outline: the lede, or a section with what it argues outside of its subsections. It says
 * nothing of where that stands, which every key above it changes: see `placeOf`.
 */
export interface OutlineRow {
  /** Which of the document's sections it is, from 0; null for the lede. */
  readonly number: number | null;
  readonly heading: string;
  readonly level: number;
  readonly words: number;
  readonly flags: readonly MissingCode[];
  readonly points: readonly OutlinePoint[];
}

export interface OutlinePoint {
  readonly kind: 'thesis' | 'counterpoint';
  readonly id: string;
  /** What tells it from the others of its row, also where two have one id. */
  readonly key: string;
  readonly text: string;
  /** A counterpoint under the thesis that it answers. */
  readonly nested: boolean;
  readonly flags: readonly MissingCode[];
}

/** A row with where it and its points begin, as indices into the body; points by their keys. */
interface PlacedRow {
  readonly row: OutlineRow;
  readonly from: number;
  readonly points: ReadonlyMap<string, number>;
}

/** The argument of a document as rows, in order. */
export function outlineRows(doc: Node): OutlineRow[] {
  return placedRows(doc).map(({ row }) => row);
}

/** The index into the body of a row's beginning, or of a point in it; undefined where it is gone. */
export function placeOf(doc: Node, number: number | null, point?: string): number | undefined {
  const placed = placedRows(doc).find(({ row }) => row.number === number);
  return point === undefined ? placed?.from : placed?.points.get(point);
}

function placedRows(doc: Node): PlacedRow[] {
  const outline = readOutline(deltaOf(doc));
  const rows: PlacedRow[] = [];
  const { lede } = outline;
  if (lede.words > 0 || lede.theses.length > 0) {
    rows.push(placed(outline, lede, { number: null, heading: '', level: 2 }));
  }
  const add = (section: OutlineSection) => {
    const number = rows.filter(({ row }) => row.number !== null).length;
    const { heading, level } = section;
    rows.push(placed(outline, section, { number, heading, level }));
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

function placed(
  outline: Outline,
  part: OutlinePart,
  names: Pick<OutlineRow, 'number' | 'heading' | 'level'>,
): PlacedRow {
  const flagsAt = (from: number, id?: string) =>
    outline.missing.filter((each) => each.at === from && each.id === id).map(({ code }) => code);
  const answering = new Set(part.theses.flatMap(({ counterpoints }) => counterpoints));
  const point = (
    kind: OutlinePoint['kind'],
    { id, text, from }: { id: string; text: string; from: number },
    nested: boolean,
  ) => ({ from, point: { kind, id, text, nested, flags: flagsAt(from, id) } });
  // A counterpoint is listed once: under its thesis where that stands in the same section.
  const groups = [
    ...part.theses.map((thesis) => [
      point('thesis', thesis, false),
      ...thesis.counterpoints.map((each) => point('counterpoint', each, true)),
    ]),
    ...part.counterpoints
      .filter((each) => !answering.has(each) && !isAnsweredFor(outline, each.answers))
      .map((each) => [point('counterpoint', each, false)]),
  ].sort(([a], [b]) => (a?.from ?? 0) - (b?.from ?? 0));
  const found = groups.flat();
  const points = withKeys(found.map((each) => each.point));
  const flags = flagsAt(part.from).filter((code) => code !== 'thesis_unanswered');
  return {
    row: { ...names, words: part.words, flags, points },
    from: part.from,
    points: new Map(points.map(({ key }, i) => [key, found[i]?.from ?? part.from])),
  };
}

/** Two points with one id, as a copied thesis has it, are told apart by their order. */
function withKeys(points: readonly Omit<OutlinePoint, 'key'>[]): OutlinePoint[] {
  const counts = new Map<string, number>();
  return points.map((point) => {
    const name = `${point.kind}-${point.id}`;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return { ...point, key: `${name}-${count}` };
  });
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
