import { useCallback, useEffect, useRef, useState } from 'react';

/** How high cards are that have been drawn, in px, and the way to have one's height watched. */
export function useHeights() {
  const [heights, setHeights] = useState<ReadonlyMap<string, number>>(() => new Map());
  const observer = useRef<ResizeObserver | null>(null);
  const put = useCallback((elements: Iterable<HTMLElement>) => {
    setHeights((before) => {
      const changed = [...elements].filter(
        (element) => before.get(idOf(element)) !== element.offsetHeight,
      );
      if (changed.length === 0) return before;
      const next = new Map(before);
      for (const element of changed) next.set(idOf(element), element.offsetHeight);
      return next;
    });
  }, []);
  useEffect(() => () => observer.current?.disconnect(), []);
  /** For `ref`: the element has the card's id in `data-card`. */
  const watch = useCallback(
    (element: HTMLElement | null) => {
      if (!element) return;
      observer.current ??= new ResizeObserver((entries) =>
        put(entries.map(({ target }) => target as HTMLElement)),
      );
      const observing = observer.current;
      observing.observe(element);
      return () => observing.unobserve(element);
    },
    [put],
  );
  return { heights, watch };
}

function idOf(element: HTMLElement): string {
  return element.dataset['card'] ?? '';
}
