import type { ClientIds, Person } from '../ports.ts';

/**
 * The other servers on the same database, as the engine sees them (C3). What is said to them makes them
 * quick, never right: it may be lost.
 */
export interface Servers {
  readonly owners: ClientIdOwners;
  /**
   * The number of the last journal row of each of these pieces; a piece that is none is not in the answer.
   * Rejects where it cannot be asked.
   */
  headsOf(pieceIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** False only where no other server can be running. */
  readonly hasOthers: boolean;
  /** The longest message, in bytes. */
  readonly mostBytes: number;
  /** Says something to all who have a piece open. */
  publish(pieceId: string, message: Uint8Array): void;
  subscribe(pieceId: string, listener: Listener): Subscription;
  /** A right has changed here: the others look at once what it is (C4). */
  rightsChanged(): void;
  /** Tells the others who is in a piece here. */
  present(pieceId: string, people: readonly Person[]): void;
  /** Who is in a piece on other servers; somebody may be in it on several. */
  presentElsewhere(pieceId: string): readonly Person[];
}

/** Whose clientIDs are, by what all servers have committed (C6). Rejects where it cannot be asked. */
export interface ClientIdOwners {
  /**
   * Binds those of `claimed` that are nobody's to a person, in a commit of its own, and tells whose all of
   * these are; what is nobody's is not in the answer.
   */
  claim(pieceId: string, person: string, claimed: readonly number[]): Promise<ClientIds>;
  /** Whose these are; what is nobody's is not in the answer. */
  find(pieceId: string, clientIds: readonly number[]): Promise<ClientIds>;
}

/** Gets a message, and the id of the server that sent it. */
export type Listener = (message: Uint8Array, from: string) => void;

export interface Subscription {
  /** Resolves, at once where nothing gets through now; true: whatever is said from then on is heard. */
  readonly ready: Promise<boolean>;
  end(): void;
}

const nothing = () => undefined;

/** A server that is alone with its database. It pays for no other. */
export const alone: Servers = {
  headsOf: async () => new Map(),
  owners: { claim: async () => new Map(), find: async () => new Map() },
  hasOthers: false,
  mostBytes: 0,
  publish: nothing,
  subscribe: () => ({ ready: Promise.resolve(false), end: nothing }),
  rightsChanged: nothing,
  present: nothing,
  presentElsewhere: () => [],
};
