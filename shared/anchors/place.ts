import type * as Y from 'yjs';
import { anchorAt, isPoint, offsetsOf, quoteAt, type Anchor } from './anchor.ts';
import { FieldText, type Edge, type StateVector } from './field-text.ts';
import { findAgain, findAround, findWhole } from './find-again.ts';
import { contextOf, isLeftOver, similarity, type Stretch } from './quotes.ts';

/** Where an anchor is now. */
export interface Placed {
  /** What is to be known of it from now on; the same object where nothing has changed. */
  readonly anchor: Anchor;
  /** Offsets into the text of the field; null: orphaned. */
  readonly at: Stretch | null;
  /** Its positions are other ones now, or it has been orphaned. Clients cannot know that. */
  readonly moved: boolean;
}

/** Below this share of its letters, a passage may have gone elsewhere with the rest of them. */
const mostOfIt = 0.5;
/** What was there before is known again from this much. */
const alike = 0.4;
/** How far around a gap it is looked whether it is still the same place, and how alike it must be. */
const nearby = 32;
const sameGap = 0.5;

export interface Looking {
  readonly anchor: Anchor;
  /** How far the document had come when the passage was last seen there; null: not known. */
  readonly seen: StateVector | null;
}

/**
 * Looks where anchors are in a text (S2). Editing within a passage changes its quote; a passage that
 * has lost its letters is sought, and what is not found is orphaned, with its quote. An orphan is
 * found when its text is back. Pure, and linear in the text where nothing has to be sought.
 */
export function placeAnchors(
  text: Y.Text,
  looking: readonly Looking[],
): { view: FieldText; placed: Placed[] } {
  const positions = looking.flatMap(({ anchor }) => [anchor.start, anchor.end]);
  const view = new FieldText(text, positions);
  const placed = looking.map(({ anchor, seen }, i) => {
    const start = view.edges[2 * i] ?? null;
    const end = view.edges[2 * i + 1] ?? null;
    const place = isPoint(anchor) ? placePoint : placeStretch;
    return place(view, anchor, { start, end, seen });
  });
  return { view, placed };
}

interface Edges {
  readonly start: Edge | null;
  readonly end: Edge | null;
  readonly seen: StateVector | null;
}

function placeStretch(view: FieldText, anchor: Anchor, edges: Edges): Placed {
  const { start, end, seen } = edges;
  const { sought } = anchor;
  const search = { near: view.offsetOf(start?.index ?? end?.index ?? 0), seen };
  const here = anchor.orphaned ? null : survivor(view, sought, edges);
  if (here === null) return settleOr(view, anchor, findAgain(view, anchor, search));
  const text = quoteAt(view, here, anchor);
  if (text === sought) return settle(view, anchor, here);
  if (isLeftOver(text, sought)) {
    const mostly = text.length >= mostOfIt * sought.length;
    const whole =
      findAround(view, anchor, here) ?? (mostly ? null : findWhole(view, anchor, search));
    return whole === null ? settle(view, anchor, here, sought) : settle(view, anchor, whole);
  }
  // Somebody has written in it.
  if (similarity(text, sought) >= alike) return settle(view, anchor, here);
  const elsewhere = findWhole(view, anchor, search);
  if (elsewhere !== null) return settle(view, anchor, elsewhere);
  if (start?.alive === true || end?.alive === true) return settle(view, anchor, here);
  return settleOr(view, anchor, findAgain(view, anchor, search));
}

/**
 * What stands between the edges; null where that is nothing, or nothing of the passage: only white
 * space that was between its words, or only what others wrote into it before it was deleted.
 */
function survivor(view: FieldText, sought: string, { start, end, seen }: Edges): Stretch | null {
  if (start === null || end === null || start.index >= end.index) return null;
  const here = offsetsOf(view, { from: start.index, to: end.index });
  const text = view.text.slice(here.from, here.to);
  if (text === '' || (text.trim() === '' && sought.trim() !== '')) return null;
  if (start.alive || end.alive || seen === null) return here;
  return view.ages(start.index, end.index, seen).older ? here : null;
}

/**
 * A point stays behind the letter before it, which is what an insertion goes on from; with that
 * gone, in the gap that it left, unless that letter's surroundings are elsewhere now.
 */
function placePoint(view: FieldText, anchor: Anchor, { start, end, seen }: Edges): Placed {
  const gap = end ?? start;
  const search = { near: view.offsetOf(gap?.index ?? 0), seen };
  const again = () => findAgain(view, anchor, search);
  if (anchor.orphaned || gap === null) return settleOr(view, anchor, again());
  const pointAt = ({ index }: Edge) => {
    const offset = view.offsetOf(index);
    return { from: offset, to: offset };
  };
  if (end?.alive === true) return settle(view, anchor, pointAt(end));
  const next = start?.alive === true ? start : null;
  const here = pointAt(next ?? gap);
  const around = (context: Pick<Anchor, 'prefix' | 'suffix'>) =>
    context.prefix.slice(-nearby) + context.suffix.slice(0, nearby);
  const was = around(anchor);
  if (was === '' || similarity(was, around(contextOf(view.text, here))) >= sameGap) {
    return settle(view, anchor, here);
  }
  return settleOr(view, anchor, again() ?? (next === null ? null : here));
}

/** Where it was found, if it was. Less than what was sought is found until the rest is there too. */
function settleOr(view: FieldText, anchor: Anchor, at: Stretch | null): Placed {
  if (at === null) return orphan(anchor);
  const fewer = isLeftOver(quoteAt(view, at, anchor), anchor.sought);
  return settle(view, anchor, at, fewer ? anchor.sought : undefined);
}

/** The anchor at a place of its field, or of another. `sought`: where it is to be sought by more than what stands there. */
export function settle(view: FieldText, anchor: Anchor, at: Stretch, sought?: string): Placed {
  const settled = anchorAt(view, at, anchor, sought);
  const moved =
    anchor.orphaned || !same(anchor.start, settled.start) || !same(anchor.end, settled.end);
  const reads = ['quote', 'sought', 'prefix', 'suffix'] as const;
  const changed = moved || reads.some((name) => anchor[name] !== settled[name]);
  return { anchor: changed ? settled : anchor, at, moved };
}

/** The anchor of a passage that is nowhere. */
export function orphan(anchor: Anchor): Placed {
  if (anchor.orphaned) return { anchor, at: null, moved: false };
  return { anchor: { ...anchor, quote: anchor.sought, orphaned: true }, at: null, moved: true };
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
