import { useEffect, useMemo, useRef } from 'react';
import { isIn, type ThreadFilter } from '../../../../api/thread-changes.ts';
import type { Thread } from '../../../../api/threads.ts';
import { draftIn, placesIn } from '../../../../editor/index.ts';
import type { PieceFields } from '../../writing/fields/piece-fields.ts';
import { useEditor } from '../../writing/use-editor.ts';
import { inReadingOrder } from '../passages/reading-order.ts';
import type { ThreadDesk } from '../thread-desk.ts';
import { toPassage } from '../passages/to-passage.ts';

/** The card of what one is about to say. */
export const draftCard = 'draft';

export interface ShownThreads {
  /** Ids of the cards whose passages are in the text, in its order; the draft's among them. */
  readonly placed: readonly string[];
  /** Those whose passages are not. */
  readonly lost: readonly string[];
  readonly byId: ReadonlyMap<string, Thread>;
}

/** The threads that the filter lets through, with their passages shown in the text. */
export function useShownThreads(
  { desk, fields, userId }: { desk: ThreadDesk; fields: PieceFields; userId: string },
  threads: readonly Thread[],
  filter: ThreadFilter,
): ShownThreads {
  const list = useMemo(
    () => threads.filter((thread) => isIn(filter, thread, userId)),
    [threads, filter, userId],
  );
  useShowPassages(desk, fields, list);
  const order = useEditor(fields, () =>
    inReadingOrder(fields, ({ shown }) => {
      const draft = draftIn(shown);
      return [...placesIn(shown), ...(draft ? [[draftCard, draft] as const] : [])];
    }).map(({ id }) => id),
  );
  // `order` is read anew from JSON at each drawing; the string is the same as long as it says the same.
  const told = order.join();
  return useMemo(() => {
    const byId = new Map(list.map((thread) => [thread.id, thread]));
    const placed = told.split(',').filter((id) => id === draftCard || byId.has(id));
    const there = new Set(placed);
    return { placed, lost: [...byId.keys()].filter((id) => !there.has(id)), byId };
  }, [list, told]);
}

/** Tells the editor, where something of the passages is another. */
function useShowPassages(desk: ThreadDesk, fields: PieceFields, list: readonly Thread[]): void {
  const told = useRef<{ fields: PieceFields; key: string } | null>(null);
  useEffect(() => {
    const key = JSON.stringify(
      list.map(({ id, field, anchor, status, suggestion }) => [
        ...[id, field, anchor, status, suggestion],
      ]),
    );
    if (told.current?.fields === fields && told.current.key === key) return;
    told.current = { fields, key };
    desk.show(list.flatMap((thread) => toPassage(thread) ?? []));
  }, [desk, fields, list]);
}
