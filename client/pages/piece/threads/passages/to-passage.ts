import type { Field } from '../../../../../shared/document/fields.ts';
import type { Thread } from '../../../../api/threads.ts';
import type { Passage } from '../../../../editor/index.ts';

/** A passage, and the text that it is in. */
export interface FieldPassage extends Passage {
  readonly field: Field;
}

/** What an editor shows of a thread; null where its passage is not in the text. */
export function toPassage(thread: Thread): FieldPassage | null {
  const { id, field, kind, status, anchor, suggestion } = thread;
  if (anchor === null) return null;
  const open = status === 'open';
  return {
    id,
    field,
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
