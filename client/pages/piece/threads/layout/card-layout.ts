/** A card that is to stand beside its passage. Lengths in px. */
export interface CardPlace {
  /** Where its passage is. */
  readonly at: number;
  readonly height: number;
}

/**
 * Where cards stand, from the top: in their order, none over another, each as near behind its passage
 * as those before it let it, and the one at `active` beside its own, which moves those before it up.
 * Pure and linear. Tops may be negative where too many stand before the active one.
 */
export function layCards(
  cards: readonly CardPlace[],
  active: number | null,
  gap: number,
): readonly number[] {
  const tops: number[] = [];
  let free = Number.NEGATIVE_INFINITY;
  cards.forEach(({ at, height }, i) => {
    const top = i === active ? at : Math.max(at, free);
    tops.push(top);
    free = top + height + gap;
  });
  // Up from the active one, as far as there are cards in the way.
  for (let i = (active ?? 0) - 1; i >= 0; i--) {
    const most = (tops[i + 1] ?? 0) - gap - (cards[i]?.height ?? 0);
    if ((tops[i] ?? 0) <= most) break;
    tops[i] = most;
  }
  return tops;
}

/** Of cards that stand in order, the first and the last (not included) that reach into a stretch. */
export function cardsWithin(
  cards: readonly CardPlace[],
  tops: readonly number[],
  from: number,
  to: number,
): readonly [number, number] {
  const first = tops.findIndex((top, i) => top + (cards[i]?.height ?? 0) >= from);
  if (first < 0) return [cards.length, cards.length];
  const behind = tops.findIndex((top, i) => i >= first && top > to);
  return [first, behind < 0 ? cards.length : behind];
}
