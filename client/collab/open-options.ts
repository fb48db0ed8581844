import { schemaVersion } from '../../shared/document/index.ts';
import type { PieceEvent } from '../../shared/protocol/events.ts';
import type { DeviceKeys } from '../device/keys.ts';
import type { Socket } from './link.ts';

export interface OpenOptions {
  readonly pieceId: string;
  readonly userId: string;
  /** Opens a socket at that address. */
  connect(url: string): Socket;
  /** Where pieces are, as `wss://host/collab`. */
  readonly url: string;
  /** Whether somebody is signed in; null where nobody could be asked. */
  renew(): Promise<boolean | null>;
  /** The keys of the copy on this device; null: this device keeps nothing. */
  keys(): Promise<DeviceKeys | null>;
  /** Whether the server answers over HTTP. */
  probe(): Promise<boolean>;
  deviceOnline(): boolean;
  onEvent(event: PieceEvent): void;
}

/** Whose words these are is said, since the cookie may be somebody else's by now (P2). */
export function address({ url, pieceId, userId }: OpenOptions): string {
  return `${url}/${pieceId}?ext=1&schema=${schemaVersion}&person=${userId}`;
}
