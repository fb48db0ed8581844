import type { Thread } from '../../../api/threads.ts';
import type { Passage } from '../../../editor/index.ts';

/** What the editor shows of a thread; null where its passage is not in the text. */
export function toPassage(thread: Thread): Passage | null {
  const { id, kind, status, anchor, suggestion } = thread;
  if (anchor === null) return null;
  const open = status === 'open';
  return {
    id,
    start: bytes(anchor.start),
    end: bytes(anchor.end),
    // An insertion that was accepted has its words by now.
    point: suggestion?.original === '' && status !== 'accepted',
    insertion: open && suggestion ? suggestion.replacement : null,
    kind: open ? kind : 'closed',
  };
}

function bytes(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
