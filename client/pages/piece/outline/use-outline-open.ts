import { useState } from 'react';
import { useMedia } from './use-media.ts';

const key = 'counterpoint-outline';

export interface OutlineOpen {
  open: boolean;
  /** There is room for it beside the text; else it comes over it. */
  beside: boolean;
  setOpen: (open: boolean) => void;
}

/**
 * Whether the outline is shown. Beside the text it is from the start, and what one chose is kept in
 * this browser; over the text it comes only when it is asked for.
 */
export function useOutlineOpen(): OutlineOpen {
  const beside = useMedia('(width >= 64rem)');
  const [besideOpen, setBesideOpen] = useState(() => localStorage.getItem(key) !== 'closed');
  const [overOpen, setOverOpen] = useState(false);
  const setOpen = (open: boolean) => {
    setOverOpen(open && !beside);
    if (!beside) return;
    localStorage.setItem(key, open ? 'open' : 'closed');
    setBesideOpen(open);
  };
  return { open: beside ? besideOpen : overOpen, beside, setOpen };
}
