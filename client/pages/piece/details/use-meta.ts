import { useMemo, useSyncExternalStore } from 'react';
import { readMeta, sharedTypes, type Meta } from '../../../../shared/document/index.ts';
import type { PieceSession } from '../../../collab/index.ts';

/** The fields of a piece, as they are now. */
export function useMeta(session: PieceSession): Meta {
  const store = useMemo(() => metaStore(session), [session]);
  return useSyncExternalStore(store.subscribe, store.read);
}

function metaStore({ doc }: PieceSession) {
  const map = doc.getMap(sharedTypes.meta);
  let meta = readMeta(map);
  return {
    read: () => meta,
    subscribe: (listener: () => void) => {
      const look = () => {
        meta = readMeta(map);
        listener();
      };
      // What came between the first look and now.
      look();
      map.observe(look);
      return () => map.unobserve(look);
    },
  };
}

/** Sets a field; undefined: takes it out. */
export function setField({ doc }: PieceSession, name: string, value: unknown): void {
  const map = doc.getMap(sharedTypes.meta);
  if (value === undefined) map.delete(name);
  else map.set(name, value);
}
