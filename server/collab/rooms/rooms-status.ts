import type { RefusalReason } from '../../../shared/protocol/events.ts';
import type { Tally } from '../tally.ts';

/** What the rooms are, for who watches the server. */
export interface RoomsStatus {
  readonly open: number;
  readonly opening: number;
  /** Of both, as stored; what `MAX_OPEN_BYTES` bounds. */
  readonly bytes: number;
  /** Edits that were refused since the start, each time that they came. */
  readonly refused: Tally<RefusalReason>;
}
