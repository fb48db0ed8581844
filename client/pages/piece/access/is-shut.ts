import type { Link as Connection } from '../../../collab/state.ts';

/** Whether the server has said that there is no such piece for this person. */
export function isShut(link: Connection): boolean {
  return link.at === 'ended' && (link.reason === 'no-right' || link.reason === 'no-such-piece');
}
