import { useEffect, useState, type RefObject } from 'react';

/** Beyond the window's edges, cards are drawn so far, in px: what comes into view is there already. */
const beyond = 700;
/** It is asked anew after so much scrolling, in px. */
const stepPx = 350;

/** The stretch of the column, in px below its top, whose cards are to be drawn. */
export function useWindow(column: RefObject<HTMLElement | null>): readonly [number, number] {
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(() => window.innerHeight);
  useEffect(() => {
    let frame: number | undefined;
    const look = () => {
      frame = undefined;
      const above = column.current?.getBoundingClientRect().top ?? 0;
      setTop(Math.round(-above / stepPx) * stepPx);
      setHeight(window.innerHeight);
    };
    const later = () => (frame ??= requestAnimationFrame(look));
    later();
    window.addEventListener('scroll', later, { passive: true });
    window.addEventListener('resize', later);
    return () => {
      if (frame !== undefined) cancelAnimationFrame(frame);
      window.removeEventListener('scroll', later);
      window.removeEventListener('resize', later);
    };
  }, [column]);
  return [top - beyond, top + height + beyond];
}
