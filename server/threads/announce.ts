import type { ThreadAnchorsEvent, ThreadEvent } from '../../shared/protocol/events.ts';
import type { Documents } from '../collab/engine.ts';

/** The longest event, in UTF-16 units of its JSON: one goes to everybody in the room. */
const longestEvent = 65_536;

/** Tells who has the piece open; what is too long to be told, they have to ask for. */
export function announce(
  documents: Pick<Documents, 'announce'>,
  pieceId: string,
  event: ThreadEvent | ThreadAnchorsEvent,
): void {
  const fits = JSON.stringify(event).length <= longestEvent;
  if (fits) documents.announce(pieceId, event);
  else if (event.type === 'thread') documents.announce(pieceId, { ...event, thread: null });
  else documents.announce(pieceId, { ...event, threads: null });
}
