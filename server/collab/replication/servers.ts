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
  /** Whether a server that lives has a piece open. Rejects where it cannot be asked. */
  isOpenElsewhere(pieceId: string): Promise<boolean>;
  /** The pieces that a server has open, or had when it ended. Rejects where it cannot be asked. */
  openAt(server: string): Promise<readonly string[]>;
  /** Says something to all who have a piece open. */
  publish(pieceId: string, message: Uint8Array): void;
  subscribe(pieceId: string, listener: Listener): Subscription;
  /** There is something in the database for the others: they look at once what it is (C4, C6). */
  tell(): void;
  /** Tells the others who is in a piece here. */
  present(pieceId: string, people: readonly Person[]): void;
  /** Who is in a piece on other servers; somebody may be in it on several. */
  presentElsewhere(pieceId: string): readonly Person[];
}

/** Whose clientIDs are, and which server takes words under them (C6). All rejects where it cannot be asked. */
export interface ClientIdOwners {
  /**
   * Claims clientIDs for this server, in a commit: those that are the person's or nobody's, and that no
   * other server holds.
   */
  claim(pieceId: string, person: string, clientIds: readonly number[]): Promise<Claimed>;
  /** Whose these are; what is nobody's is not in the answer. */
  find(pieceId: string, clientIds: readonly number[]): Promise<ClientIds>;
  /** Asks whoever holds these to give them back; they find it when they look. */
  ask(pieceId: string, clientIds: readonly number[]): Promise<void>;
  /** Gives back what this server holds. */
  release(pieceId: string, clientIds: readonly number[]): Promise<void>;
}

/** What has come of a claim. */
export interface Claimed {
  /** Those that this server holds now. */
  readonly held: readonly number[];
  /** Some of them may have been written with on another server, which has committed all of it. */
  readonly moved: boolean;
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
  owners: {
    claim: async (_piece, _person, clientIds) => ({ held: clientIds, moved: false }),
    find: async () => new Map(),
    ask: async () => undefined,
    release: async () => undefined,
  },
  hasOthers: false,
  isOpenElsewhere: async () => false,
  openAt: async () => [],
  mostBytes: 0,
  publish: nothing,
  subscribe: () => ({ ready: Promise.resolve(false), end: nothing }),
  tell: nothing,
  present: nothing,
  presentElsewhere: () => [],
};
