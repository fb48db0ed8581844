import * as Y from 'yjs';
import { insertLength } from './body-ops.ts';
import type { DeltaChange } from './remote-changes.ts';

/** An event's delta, shared types that somebody nested into the body as `readText` reads them. */
export function readDelta(event: Y.YTextEvent): DeltaChange[] {
  return (event.delta as DeltaChange[]).map((change) =>
    change.insert instanceof Y.AbstractType
      ? { ...change, insert: { nested: change.insert.toJSON() as unknown } }
      : change,
  );
}

/** By how much a delta makes a body longer. */
export function growth(delta: readonly DeltaChange[]): number {
  return delta.reduce((sum, { insert, delete: length = 0 }) => {
    return sum - length + (insert === undefined ? 0 : insertLength(insert));
  }, 0);
}

/** Whether a change touches indexes from `from` to `to`. */
export function touches(delta: readonly DeltaChange[], from: number, to: number): boolean {
  let index = 0;
  return delta.some(({ insert, delete: length, retain, attributes }) => {
    const start = index;
    if (insert === undefined) index += retain ?? length ?? 0;
    const changes = retain === undefined || attributes !== undefined;
    return changes && start <= to && index >= from;
  });
}
