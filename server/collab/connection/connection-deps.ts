import type { Turns } from '../fair/turns.ts';
import type { Admission, Credential, Log } from '../ports.ts';
import type { Rooms } from '../rooms/rooms.ts';
import type { Connection } from './connection.ts';

export interface ConnectionRequest {
  /** Of the upgrade, as `reqId` in the log. */
  readonly id: string;
  readonly pieceId: string;
  readonly token: string | null;
  /** The secret of the session's cookie. It counts where there is no token. */
  readonly session: string | null;
  /** Whose words the client holds, as the id of a user, where it says so: nobody else's (P2). */
  readonly person: string | null;
  /** Where the connection comes from, as an IP address. */
  readonly address: string;
  /** The client's document schema version, where it names one. */
  readonly schema: string | null;
  /** Whether the client understands `saved` and `event`. */
  readonly ext: boolean;
  readonly order: number;
}

export interface ConnectionDeps {
  readonly rooms: Rooms;
  readonly log: Log;
  readonly turns: Turns;
  /** The most bytes of unfinished messages of one person, over all of their connections. */
  readonly mostUnfinished: number;
  /** Whether sockets are read now (D4, D5). */
  mayRead(): boolean;
  /** A place for somebody who is signed in; false: there is none. */
  seat(connection: Connection, personId: string): boolean;
  admit(request: ConnectionRequest): Promise<Admission>;
  /** When a credential ends, asked anew: a session in use lasts longer. Null: never by itself. */
  lastsUntil(credential: Credential): Promise<Date | null | 'ended'>;
  /** The server is closing it; `stranger`: before it was known who it is. */
  readonly onClosing: (connection: Connection, stranger: boolean) => void;
  readonly onClosed: (connection: Connection) => void;
}
