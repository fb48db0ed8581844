import { Fragment, Slice, type Node } from 'prosemirror-model';
import { TextSelection, type Transaction } from 'prosemirror-state';
import { maxIndent, type LineKind } from '../../../shared/document/index.ts';
import { kindMarkup, lineKind, unknownAttributes, type Markup } from '../schema/line-kinds.ts';
import { schema } from '../schema/schema.ts';

/*
 * Where pasted lines go. The line with the caret is the target; the one where the selection ends (most
 * often the same) has the rest.
 *
 * One line goes into the target, and the target stays what it is: a bullet, a thesis, a heading. Only
 * an empty paragraph becomes what was pasted.
 *
 * Several lines:
 * - The first joins the words before the caret where it is a paragraph or of the target's kind. It goes
 *   into an empty bullet, quote, heading or thesis likewise, a heading too.
 * - Paragraphs that follow in a block of several lines (a quote, a list, a thesis) are lines of it.
 * - The words behind the caret keep the kind that they had, and the id. The last pasted line joins them
 *   where it is of that kind, else they are a line of their own.
 * - All else stays what it was. Where whole lines were selected, that is true of the first, too.
 *
 * In code everything is code, and in a raw block its source.
 */

export interface PutRange {
  readonly from: number;
  readonly to: number;
}

/** Replaces a range, whose ends are inside of lines, by lines. Puts the caret behind them. */
export function putLines(tr: Transaction, range: PutRange, pasted: readonly Node[]): Transaction {
  const [only, ...more] = pasted;
  if (!only) return tr;
  const place = placeOf(tr.doc, range);
  if (place.target.type.spec.code) {
    const markup = markupOf(place.target);
    return putAll(
      tr,
      place,
      pasted.map((line) => asSource(line, markup)),
    );
  }
  return more.length === 0 && !isDivider(only)
    ? putOne(tr, place, only)
    : putAll(tr, place, pasted);
}

interface Place extends PutRange {
  readonly target: Node;
  readonly rest: Node;
  /** Whether there are words before the range in its first line, and behind it in its last. */
  readonly before: boolean;
  readonly behind: boolean;
}

function placeOf(doc: Node, { from, to }: PutRange): Place {
  const [$from, $to] = [doc.resolve(from), doc.resolve(to)];
  return {
    from,
    to,
    target: $from.parent,
    rest: $to.parent,
    before: $from.parentOffset > 0,
    behind: $to.parentOffset < $to.parent.content.size,
  };
}

function putOne(tr: Transaction, place: Place, line: Node): Transaction {
  const { from, to, target, before, behind } = place;
  tr.replace(from, to, new Slice(Fragment.from(line), 1, 1));
  if (!before && !behind && target.type === schema.nodes.paragraph) {
    setMarkup(tr, from - 1, markupOf(line));
  }
  return caretTo(tr, from + line.content.size);
}

function putAll(tr: Transaction, place: Place, pasted: readonly Node[]): Transaction {
  const { from, to, rest, behind } = place;
  const lines = settle(place, pasted);
  const joinsStart = startJoins(place, pasted);
  const last = lines.at(-1);
  const joinsEnd = behind && last !== undefined && sameKind(last, rest) && !isDivider(last);
  const parts = [...lines];
  // An empty line at an end of the slice is a line break between the words there and what is pasted.
  if (!joinsStart && place.before) parts.unshift(target(place));
  if (joinsEnd && last) parts[parts.length - 1] = as(markupOf(rest), last);
  else if (behind) parts.push(as(markupOf(rest), schema.nodes.paragraph.create()));
  const content = Fragment.fromArray(parts);
  tr.replace(from, to, new Slice(content, 1, 1));
  const [first] = lines;
  if (first && !place.before && !joinsStart) setMarkup(tr, from - 1, markupOf(first));
  const end = from + content.size - 2;
  return caretTo(tr, behind && !joinsEnd ? end - 2 : end);
}

/** The pasted lines, each as what it will be. */
function settle(place: Place, pasted: readonly Node[]): Node[] {
  const kind = lineKind(place.target);
  const lines = [...pasted];
  const [first] = pasted;
  const joins = startJoins(place, pasted);
  if (joins && first) lines[0] = as(markupOf(place.target), first);
  if (!coversLines(place) && takesMore(kind)) {
    for (let i = joins ? 1 : 0; i < lines.length && isPlain(lines[i]); i += 1) {
      lines[i] = as(markupOf(place.target), lines[i] ?? place.target);
    }
    shiftItems(lines, kind, first);
  }
  if (place.behind && takesMore(lineKind(place.rest))) {
    for (let i = lines.length - 1; i >= 0 && isPlain(lines[i]); i -= 1) {
      lines[i] = as(markupOf(place.rest), lines[i] ?? place.rest);
    }
  }
  return lines;
}

function startJoins(place: Place, pasted: readonly Node[]): boolean {
  const { target: line, before, behind } = place;
  const [first] = pasted;
  if (!first || isDivider(first)) return false;
  const fits = isPlain(first) || sameKind(first, line);
  if (before) return fits;
  if (behind || coversLines(place) || isPlain(line)) return false;
  return fits || first.type === schema.nodes.heading || 'id' in lineKind(line);
}

/** Items that are pasted into a list are indented from where they are put. */
function shiftItems(lines: Node[], kind: LineKind, first: Node | undefined): void {
  if (kind.kind !== 'list') return;
  const begun = first && lineKind(first);
  const shift = kind.indent - (begun?.kind === 'list' ? begun.indent : kind.indent);
  if (shift === 0) return;
  lines.forEach((line, i) => {
    const item = lineKind(line);
    if (i === 0 || item.kind !== 'list') return;
    const indent = Math.min(maxIndent, Math.max(0, item.indent + shift));
    lines[i] = as(kindMarkup({ ...item, indent }, unknownAttributes(line)), line);
  });
}

/** Whether a block of this kind can have several lines. */
function takesMore({ kind }: LineKind): boolean {
  return kind === 'quote' || kind === 'list' || kind === 'thesis' || kind === 'counterpoint';
}

/** Whether whole lines are replaced, more than one: what they were is gone with them. */
function coversLines({ target: line, before, behind, from, to }: Place): boolean {
  return to - from > line.content.size && !before && !behind;
}

function isPlain(line: Node | undefined): boolean {
  return line?.type === schema.nodes.paragraph && !isDivider(line);
}

function isDivider(line: Node): boolean {
  return line.childCount === 1 && line.firstChild?.type === schema.nodes.divider;
}

function sameKind(a: Node, b: Node): boolean {
  const [kind, other] = [lineKind(a), lineKind(b)];
  if (kind.kind === 'heading') return other.kind === 'heading' && kind.level === other.level;
  return kind.kind === other.kind;
}

function target(place: Place): Node {
  return as(markupOf(place.target), schema.nodes.paragraph.create());
}

function markupOf({ type, attrs }: Node): Markup {
  return { type, attrs };
}

function as({ type, attrs }: Markup, line: Node): Node {
  return type.create(attrs, line.content, line.marks);
}

/** Source has no marks, and notes have no place in it. */
function asSource(line: Node, { type, attrs }: Markup): Node {
  const text = line.textContent;
  return type.create(attrs, text === '' ? null : schema.text(text));
}

function setMarkup(tr: Transaction, position: number, { type, attrs }: Markup): void {
  const line = tr.doc.nodeAt(position);
  if (line && !line.hasMarkup(type, attrs)) tr.setNodeMarkup(position, type, attrs);
}

function caretTo(tr: Transaction, position: number): Transaction {
  return tr.setSelection(TextSelection.create(tr.doc, position)).scrollIntoView();
}
