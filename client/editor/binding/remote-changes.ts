import { Fragment, Slice, type Node } from 'prosemirror-model';
import { TextSelection, type Transaction } from 'prosemirror-state';
import { AddMarkStep, RemoveMarkStep, ReplaceStep, type Step } from 'prosemirror-transform';
import { sameValue, type Attributes } from '../../../shared/document/index.ts';
import {
  embedNode,
  inlineAttributes,
  inlineMarks,
  lineAttributes,
  lineMarkup,
  sameMarkup,
} from '../schema/line-kinds.ts';
import {
  flatLength,
  indexToPosition,
  lineAtIndex,
  linesOf,
  type LinePlace,
} from '../mapping/positions.ts';
import { schema } from '../schema/schema.ts';
import { inlineNodes } from '../mapping/to-prosemirror.ts';
import { diffDocs, type Match } from './token-diff.ts';

/** One op of a Y.Text event's delta, embedded shared types as JSON. Null takes an attribute off. */
export interface DeltaChange {
  insert?: string | object;
  delete?: number;
  retain?: number;
  attributes?: Attributes;
}

/**
 * Does to the document of `tr` what `delta` did to the body, by the fewest and narrowest steps:
 * text goes in and out where it stands, an attribute changes a node's markup and leaves its content
 * alone, whole lines come and go as nodes. `ended` says whether the last line had its break before
 * (see `positions.ts`). @throws RangeError when the delta does not fit the document.
 */
export function applyDelta(
  tr: Transaction,
  delta: readonly DeltaChange[],
  ended: boolean,
): Transaction {
  const writer = new DeltaWriter(tr, ended);
  let index = 0;
  for (const { insert, delete: length, retain, attributes } of delta) {
    if (insert !== undefined) index = writer.insert(index, insert, attributes ?? {});
    else if (length !== undefined) writer.delete(index, index + length);
    else if (retain !== undefined) {
      if (attributes) writer.format(index, index + retain, attributes);
      index += retain;
    }
  }
  writer.finish();
  return tr;
}

/**
 * Makes the document of `tr` equal to `target`, by the steps that a diff of the two asks for.
 * `matches` are what is known to be the same in both; without them it is found by comparing.
 */
export function applyDifference(
  tr: Transaction,
  target: Node,
  matches?: readonly Match[],
): Transaction {
  // Both as if their last lines had their breaks: whether the body has it is not for the editor.
  const writer = new DeltaWriter(tr, true);
  for (const op of diffDocs(tr.doc, target, matches)) {
    if (op.kind === 'insert') writer.insert(op.at, op.insert, op.attributes);
    else if (op.kind === 'delete') writer.delete(op.at, op.at + op.length);
    else writer.format(op.at, op.at + op.length, op.attributes);
  }
  return tr;
}

/**
 * Maps the selection that `tr` began with so that what others insert at a caret goes behind it, and
 * what they insert at an end of a range stays outside. The stored marks stay, too.
 */
export function keepSelection(
  tr: Transaction,
  old: TextSelection,
  marks: Transaction['storedMarks'],
) {
  const from = tr.mapping.map(old.from, old.empty ? -1 : 1);
  const to = Math.max(from, tr.mapping.map(old.to, -1));
  const [anchor, head] = old.anchor <= old.head ? [from, to] : [to, from];
  tr.setSelection(TextSelection.between(tr.doc.resolve(anchor), tr.doc.resolve(head)));
  tr.setStoredMarks(marks);
}

class DeltaWriter {
  readonly #tr: Transaction;
  #ended: boolean;

  constructor(tr: Transaction, ended: boolean) {
    this.#tr = tr;
    this.#ended = ended;
  }

  get #doc(): Node {
    return this.#tr.doc;
  }

  /** @returns the index behind what was inserted. */
  insert(index: number, insert: string | object, attributes: Attributes): number {
    if (typeof insert !== 'string') {
      this.#insertInline(index, embedNode(insert, inlineMarks(attributes)));
      return index + 1;
    }
    if (this.#doc.type === schema.nodes.oneLine) {
      const nodes = inlineNodes(insert, inlineMarks(attributes));
      this.#insertAt(indexToPosition(this.#doc, index), nodes, 0);
      return index + insert.length;
    }
    const pieces = insert.split('\n');
    const rest = pieces.pop() ?? '';
    const content = (text: string) =>
      text === '' ? null : schema.text(text, inlineMarks(attributes));
    const { type, attrs } = lineMarkup(attributes);
    const lines = pieces.map((text) => type.create(attrs, content(text)));
    const tail = content(rest);
    if (lines.length === 0) {
      if (tail) this.#insertInline(index, tail);
    } else this.#insertLines(index, lines, tail, attributes);
    return index + insert.length;
  }

  delete(from: number, to: number): void {
    const start = lineAtIndex(this.#doc, from);
    const { size } = this.#doc.content;
    if (to >= flatLength(this.#doc)) {
      // With the last break, which only an ended body has.
      if (!this.#ended || to > flatLength(this.#doc)) throw new RangeError(`No index ${to - 1}`);
      if (start.offset > 0 || start.number === 0) {
        this.#replace(this.#position(start), size - 1);
        this.#setMarkup(start.position, {});
        this.#ended = false;
      } else this.#replace(start.position, size);
      return;
    }
    const end = lineAtIndex(this.#doc, to);
    if (start.number === end.number) this.#replace(this.#position(start), this.#position(end));
    else if (start.offset === 0) {
      if (end.offset > 0) this.#replace(end.position + 1, this.#position(end));
      this.#replace(start.position, end.position);
    } else {
      this.#replace(this.#position(start), this.#position(end));
      // The break that is left is that of the last line.
      this.#setMarkup(start.position, lineAttributes(end.line));
    }
  }

  format(from: number, to: number, changes: Attributes): void {
    const last = flatLength(this.#doc) - (this.#ended ? 0 : 1);
    if (to > last) throw new RangeError(`No index ${to - 1} in a body of ${last}`);
    const steps: Step[] = [];
    const breaks: { position: number; attributes: Attributes }[] = [];
    for (const { line, position, from: start } of linesOf(this.#doc)) {
      const end = start + line.content.size;
      if (start >= to) break;
      if (end < from) continue;
      line.forEach((node, offset) => {
        const at = Math.max(from, start + offset);
        const length = Math.min(to, start + offset + node.nodeSize) - at;
        if (length > 0) steps.push(...markSteps(node, position + 1 + at - start, length, changes));
      });
      if (end < to) breaks.push({ position, attributes: merge(lineAttributes(line), changes) });
    }
    for (const step of steps) this.#tr.step(step);
    for (const { position, attributes } of breaks) this.#setMarkup(position, attributes);
  }

  /** Without its break, an empty last line is none. */
  finish(): void {
    const { lastChild, childCount, content } = this.#doc;
    if (this.#ended || !lastChild || lastChild.content.size > 0 || childCount === 1) return;
    this.#replace(content.size - lastChild.nodeSize, content.size);
    this.#ended = true;
  }

  #insertInline(index: number, node: Node): void {
    if (this.#ended && index === flatLength(this.#doc)) {
      this.#appendLines([schema.nodes.paragraph.create(null, node)]);
      this.#ended = false;
    } else this.#insertAt(indexToPosition(this.#doc, index), [node], 0);
  }

  /** `lines` are ended by breaks with these attributes; `tail` is the text behind the last of them. */
  #insertLines(index: number, lines: Node[], tail: Node | null, attributes: Attributes): void {
    if (this.#ended && index === flatLength(this.#doc)) {
      this.#appendLines(tail ? [...lines, schema.nodes.paragraph.create(null, tail)] : lines);
      this.#ended = !tail;
      return;
    }
    const place = lineAtIndex(this.#doc, index);
    const { line, position, number } = place;
    const open = !this.#ended && number === this.#doc.childCount - 1;
    if (open && !tail && place.offset === line.content.size) {
      // The last inserted break ends the line that had none.
      this.#insertAt(this.#position(place), lines, 1);
      this.#setMarkup(position, attributes);
      this.#ended = true;
    } else if (place.offset === 0) {
      if (tail) this.#insertAt(position + 1, [tail], 0);
      this.#insertAt(position, lines, 0);
    } else {
      const second = line.type.create(line.attrs, tail);
      this.#insertAt(this.#position(place), [...lines, second], 1);
      this.#setMarkup(position, attributes);
    }
  }

  #appendLines(lines: readonly Node[]): void {
    this.#insertAt(this.#doc.content.size, lines, 0);
  }

  /** `open` 1 joins the first and the last node with the line around the position. */
  #insertAt(position: number, nodes: readonly Node[], open: 0 | 1): void {
    const [only, more] = nodes;
    const joins = open === 1 && only !== undefined && more === undefined;
    const slice = joins
      ? new Slice(only.content, 0, 0)
      : new Slice(Fragment.fromArray([...nodes]), open, open);
    if (slice.size > 0) this.#tr.step(new ReplaceStep(position, position, slice));
  }

  #replace(from: number, to: number): void {
    if (from < to) this.#tr.step(new ReplaceStep(from, to, Slice.empty));
  }

  #position(place: LinePlace): number {
    return place.position + 1 + place.offset;
  }

  #setMarkup(position: number, attributes: Attributes): void {
    const line = this.#doc.nodeAt(position);
    const markup = lineMarkup(attributes);
    if (!line || sameMarkup(line, markup)) return;
    if (line.type !== markup.type) {
      this.#tr.setNodeMarkup(position, markup.type, markup.attrs);
      return;
    }
    for (const [name, value] of Object.entries(markup.attrs)) {
      if (!sameValue(line.attrs[name], value)) this.#tr.setNodeAttribute(position, name, value);
    }
  }
}

function markSteps(node: Node, from: number, length: number, changes: Attributes): Step[] {
  const wanted = inlineMarks(merge(inlineAttributes(node.marks), changes));
  const gone = node.marks.filter((mark) => !wanted.some(({ type }) => type === mark.type));
  const come = wanted.filter((mark) => !mark.isInSet(node.marks));
  return [
    ...gone.map((mark) => new RemoveMarkStep(from, from + length, mark)),
    ...come.map((mark) => new AddMarkStep(from, from + length, mark)),
  ];
}

function merge(attributes: Attributes, changes: Attributes): Attributes {
  const entries = Object.entries({ ...attributes, ...changes });
  return Object.fromEntries(entries.filter(([, value]) => value !== null && value !== undefined));
}
