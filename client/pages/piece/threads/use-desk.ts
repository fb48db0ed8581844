import { useSyncExternalStore } from 'react';
import type { DeskState, ThreadDesk } from './thread-desk.ts';

/** A part of the desk's state; a component is drawn anew only where that part changes. */
export function useDesk<T>(desk: ThreadDesk, pick: (state: DeskState) => T): T {
  return useSyncExternalStore(
    (listener) => desk.subscribe(listener),
    () => pick(desk.state),
  );
}
