import { useCallback, useState } from 'react';
import type { PieceEvent, VersionEvent } from '../../../../shared/protocol/events.ts';

/** The last time that one edit took most of the text away (R5), until it is back or was passed over. */
export function useWipe() {
  const [wipe, setWipe] = useState<VersionEvent | null>(null);
  const hear = useCallback((event: PieceEvent) => {
    if (event.type !== 'version') return;
    if (event.kind === 'wipe') setWipe(event);
    // Somebody has brought something back: they have seen it.
    if (event.kind === 'restore') setWipe(null);
  }, []);
  const forget = useCallback(() => setWipe(null), []);
  return { wipe, hear, forget };
}
