import type { Node } from 'prosemirror-model';
import type { EditorState, Transaction } from 'prosemirror-state';
import { schema } from '../schema/schema.ts';

/*
 * Two things can get into a text node that the body has no place for there: a "\n" (pasted into code),
 * which is a line of its own, or in a field of one line a space, and half a surrogate pair, which Yjs
 * writes as U+FFFD.
 */

/** A transaction that sets the changed text right, or undefined where nothing is wrong. */
export function normalize(
  transactions: readonly Transaction[],
  state: EditorState,
): Transaction | undefined {
  const ranges = changedRanges(transactions, state.doc);
  const faults = ranges.flatMap(({ from, to }) => findFaults(state.doc, from, to));
  if (faults.length === 0) return undefined;
  const { tr } = state;
  const unique = new Map(faults.map((fault) => [fault.position, fault]));
  const lastFirst = [...unique.values()].sort((a, b) => b.position - a.position);
  for (const { position, lineBreak } of lastFirst) {
    if (lineBreak && state.doc.type !== schema.nodes.oneLine) {
      tr.delete(position, position + 1).split(position);
    } else {
      const marks = tr.doc.nodeAt(position)?.marks;
      tr.replaceWith(position, position + 1, schema.text(lineBreak ? ' ' : '\uFFFD', marks));
    }
  }
  return tr;
}

interface Fault {
  position: number;
  lineBreak: boolean;
}

/** Line breaks, and halves of surrogate pairs without their other half (`u` matches pairs whole). */
const fault = /\n|[\uD800-\uDFFF]/gu;

function findFaults(doc: Node, from: number, to: number): Fault[] {
  const faults: Fault[] = [];
  doc.nodesBetween(from, to, (node, position) => {
    for (const found of node.text?.matchAll(fault) ?? []) {
      faults.push({ position: position + found.index, lineBreak: found[0] === '\n' });
    }
  });
  return faults;
}

/** Positions in `doc` that the transactions changed, and their neighbours. */
function changedRanges(transactions: readonly Transaction[], doc: Node) {
  const ranges: { from: number; to: number }[] = [];
  transactions.forEach((tr, index) => {
    const later = transactions.slice(index + 1);
    tr.mapping.maps.forEach((map, step) => {
      map.forEach((_oldFrom, _oldTo, newFrom, newTo) => {
        const ahead = tr.mapping.slice(step + 1);
        const place = (position: number, side: -1 | 1) =>
          later.reduce((at, { mapping }) => mapping.map(at, side), ahead.map(position, side));
        const from = Math.max(0, place(newFrom, -1) - 1);
        ranges.push({ from, to: Math.min(doc.content.size, place(newTo, 1) + 1) });
      });
    });
  });
  return ranges;
}
