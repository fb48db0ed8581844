import { refusalReasons } from '../../../shared/protocol/events.ts';
import type { RoomsStatus } from '../../collab/rooms/rooms-status.ts';
import { byName, type Meters } from '../meters.ts';

export interface RoomSource {
  readonly rooms: { readonly status: RoomsStatus };
  readonly limits: { readonly maxOpenBytes: number };
}

/** The open pieces, and what is refused in them (R2, R4). */
export function roomMetrics(meters: Meters, { rooms, limits }: RoomSource): void {
  meters.gauge('counterpoint_rooms', 'Pieces that are open', () => rooms.status.open);
  meters.gauge(
    'counterpoint_rooms_opening',
    'Pieces that are being opened',
    () => rooms.status.opening,
  );
  meters.gauge(
    'counterpoint_rooms_bytes',
    'Bytes of all pieces that are open or being opened, as stored',
    () => rooms.status.bytes,
  );
  meters.gauge(
    'counterpoint_rooms_limit_bytes',
    'The most that these may be (MAX_OPEN_BYTES)',
    () => limits.maxOpenBytes,
  );
  meters.counter(
    'counterpoint_refused_edits_total',
    'Edits that were refused, each time that they came',
    () => byName('reason', refusalReasons, (reason) => rooms.status.refused.of(reason)),
    ['reason'],
  );
}
