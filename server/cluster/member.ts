import type { ServerBus } from '../bus/open.ts';
import type { Log, RightsChange } from '../collab/ports.ts';
import type { Servers } from '../collab/replication/servers.ts';
import type { Queryable, Sql } from '../db/connect.ts';
import type { Stand } from '../store/stand.ts';
import { Cluster } from './cluster.ts';
import { createServers } from './servers.ts';
import { WhoIsWhere } from './who.ts';

/** What acts on what the other servers do; `Rooms` fits. */
export interface SharedRooms {
  meetOthers(): void;
  wasAlone(): void;
  settled(): Promise<void>;
  startAnew(): void;
  mayOpen(may: boolean): void;
  release(pieceId: string, clientIds: readonly number[]): Promise<void>;
  lostServer(server: string): void;
  lookAtJournal(how: { readonly all: boolean }): Promise<void>;
  rightsChangedElsewhere(changes: readonly RightsChange[] | null): Promise<void>;
}

export interface ClusterMemberDeps {
  readonly sql: Queryable;
  /** Opens a pool of one connection, for this alone. */
  readonly open: () => Sql;
  readonly bus: ServerBus;
  readonly log: Log;
  /** The last migration that this build knows. */
  readonly migration: string;
  /** Called when this server can do nothing any more; see `ClusterListener`. */
  readonly onOutdated: (err: Error) => void;
}

/** How often the journal is looked at for what the bus has lost, in ms: where it is live, and where not (C2). */
const journalLookMs = { live: 2_000, silent: 0 };

/** This server among the others on its database. */
export class ClusterMember {
  readonly servers: Servers;
  readonly #deps: ClusterMemberDeps;
  readonly #cluster: Cluster;
  readonly #who: WhoIsWhere;
  #hasStood = false;

  constructor(deps: ClusterMemberDeps) {
    const { sql, bus, log } = deps;
    this.#deps = deps;
    this.#cluster = new Cluster(deps);
    this.#who = new WhoIsWhere(bus, log, (server) => this.#cluster.isThere(server));
    this.servers = createServers({ sql, bus, cluster: this.#cluster, who: this.#who });
  }

  /** Resolves when all others know of this server; before that no piece may be opened. Rejects as `Cluster.join`. */
  async join(rooms: SharedRooms): Promise<void> {
    const { bus } = this.#deps;
    let lookedAt = -Infinity;
    await this.#cluster.join({
      met: () => {
        this.#who.restart();
        rooms.meetOthers();
      },
      wasAlone: () => rooms.wasAlone(),
      settled: () => rooms.settled(),
      lost: (server) => {
        this.#who.lost(server);
        rooms.lostServer(server);
      },
      looked: async (lost) => {
        const everyMs = this.#isHeard ? journalLookMs.live : journalLookMs.silent;
        if (!lost && performance.now() - lookedAt < everyMs) return;
        lookedAt = performance.now();
        await rooms.lookAtJournal({ all: lost });
      },
      rightsChanged: (changes) => rooms.rightsChangedElsewhere(changes),
      wanted: (pieceId, clientIds) => rooms.release(pieceId, clientIds),
      takenForDead: () => rooms.startAnew(),
      joined: () => rooms.mayOpen(true),
      outdated: (err) => this.#deps.onOutdated(err),
    });
    this.#hasStood = true;
    this.#deps.log.debug({ server: bus.serverId }, 'this server is among the others');
  }

  /** How many other servers there are. */
  get others(): number {
    return this.#cluster.others;
  }

  /** As what this server has to stand among the servers to append anything; null: not yet. */
  get standsAs(): Stand | null {
    return this.#hasStood ? this.#cluster.stand : null;
  }

  /** Whether this server stands among the others; see `Cluster`. */
  stands(): Promise<boolean> {
    return this.#cluster.stands();
  }

  /** To be called when nothing is open any more. Never rejects. */
  async leave(): Promise<void> {
    this.#who.stop();
    await this.#cluster.leave();
  }

  get #isHeard(): boolean {
    return this.#deps.bus.live && !this.#cluster.someAreDeaf;
  }
}
