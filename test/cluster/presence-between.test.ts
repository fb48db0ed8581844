import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  applyAwarenessUpdate,
  Awareness,
  encodeAwarenessUpdate,
  removeAwarenessStates,
} from 'y-protocols/awareness';
import * as Y from 'yjs';
import { Elsewhere, PresenceElsewhere } from '../../server/collab/presence/elsewhere.ts';
import { Presence, type Speaker } from '../../server/collab/presence/presence.ts';
import { Line } from '../../server/collab/replication/line.ts';
import type { HeardState } from '../../server/collab/replication/messages.ts';
import { Replica, type SharedPresence } from '../../server/collab/replication/replica.ts';
import { alone, type Listener } from '../../server/collab/replication/servers.ts';
import { encodePresenceEntry, joinPresence } from '../../shared/protocol/presence.ts';
import { runSeed, seeded, type Random } from '../support/random.ts';
import { silentLog } from '../support/silent-log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Carries what servers say: to whoever listens when it is said, in order, and as late as one likes. */
class Carrier {
  readonly #listeners = new Map<string, Listener>();
  readonly #onTheWay = new Map<string, (() => void)[]>();
  readonly #dead = new Set<string>();

  join(server: string): ConstructorParameters<typeof Line>[1] {
    return {
      ...alone,
      hasOthers: true,
      mostBytes: 65_536,
      publish: (_piece, message) => {
        if (this.#dead.has(server)) return;
        for (const [to, listener] of this.#listeners) {
          if (to === server) continue;
          const way = `${server} ${to}`;
          const waiting = this.#onTheWay.get(way) ?? [];
          this.#onTheWay.set(way, waiting);
          waiting.push(() => this.#listeners.get(to) === listener && listener(message, server));
        }
      },
      subscribe: (_piece, listener) => {
        this.#listeners.set(server, listener);
        return { ready: Promise.resolve(true), end: () => void this.#listeners.delete(server) };
      },
    };
  }

  /** Delivers one message; false: there is none. */
  deliver(random: Random): boolean {
    const ways = [...this.#onTheWay.values()].filter((waiting) => waiting.length > 0);
    if (ways.length === 0) return false;
    random.pick(ways).shift()!();
    return true;
  }

  /** Nothing of what a server has said is heard any more. */
  silence(server: string): void {
    this.#listeners.delete(server);
    this.#dead.add(server);
    for (const way of this.#onTheWay.keys()) {
      if (way.split(' ').includes(server)) this.#onTheWay.delete(way);
    }
  }
}

/** An open piece at a server: those who are in it there, and what it hears of the others. */
class Room implements SharedPresence {
  readonly presence = new Presence<Speaker>();
  readonly #elsewhere = new PresenceElsewhere(this.presence);
  readonly replica: Replica;
  readonly line: Line;
  readonly clients = new Set<Client>();

  constructor(carrier: Carrier, server: string) {
    this.line = new Line('piece', carrier.join(server));
    this.replica = new Replica({
      ...{ pieceId: 'piece', line: this.line, mostBytes: 65_536, presence: this, log: silentLog },
      journal: { seq: 0, hear: () => undefined, reach: async () => undefined },
      announce: () => undefined,
    });
    void this.line.open();
    this.replica.start();
  }

  enter(client: Client): void {
    this.clients.add(client);
    this.#tell(
      this.presence.present().map(({ clientId }) => clientId),
      [client],
    );
    this.hear(client, [client.awareness.clientID]);
  }

  hear(client: Client, clientIds: number[]): void {
    const said = encodeAwarenessUpdate(client.awareness, clientIds);
    const { changed, answer } = this.presence.hear(client.speaker, said);
    this.replica.moved(changed);
    this.#tell(answer, [client]);
    this.#tell(
      changed,
      [...this.clients].filter((one) => one !== client),
    );
  }

  leave(client: Client): void {
    this.clients.delete(client);
    const left = this.presence.leave(client.speaker);
    this.replica.moved(left);
    this.#tell(left, this.clients);
  }

  /** What somebody who joins is shown; who comes back believes a clock that they know only after a renewal (15 s). */
  seen(): Map<number, unknown> {
    const awareness = new Awareness(new Y.Doc());
    awareness.setLocalState(null);
    const all = this.presence.present().map(({ clientId }) => clientId);
    if (all.length > 0) applyAwarenessUpdate(awareness, this.#encode(all), null);
    const seen = cursorsOf(awareness);
    awareness.destroy();
    return seen;
  }

  own(): HeardState[] {
    return this.ownOf(this.presence.speakers().map(({ clientId }) => clientId));
  }

  ownOf(clientIds: Iterable<number>): HeardState[] {
    return this.presence.states(clientIds).flatMap(({ clientId, clock, json }) => {
      const owner = this.presence.speakerOf(clientId);
      if (owner instanceof Elsewhere) return [];
      return [{ clientId, clock, json, userId: owner?.person.id ?? '' }];
    });
  }

  hearFrom(server: string, states: readonly HeardState[]): void {
    this.#tell(this.#elsewhere.hear(server, states), this.clients);
  }

  keep(server: string, clientIds: readonly number[]): void {
    this.#tell(this.#elsewhere.keep(server, clientIds), this.clients);
  }

  drop(server: string): void {
    this.#tell(this.#elsewhere.drop(server), this.clients);
  }

  #tell(clientIds: readonly number[], clients: Iterable<Client>): void {
    if (clientIds.length === 0) return;
    const told = this.#encode(clientIds);
    for (const { awareness } of clients) applyAwarenessUpdate(awareness, told, 'server');
  }

  #encode(clientIds: readonly number[]): Uint8Array {
    return joinPresence(
      this.presence
        .states(clientIds)
        .map(({ clientId, clock, json }) => encodePresenceEntry(clientId, clock, json)),
    );
  }
}

const cursorsOf = ({ states }: Awareness) =>
  new Map([...states].map(([id, { cursor }]) => [id, cursor as unknown]));

const sorted = (cursors: ReadonlyMap<number, unknown>) => [...cursors].sort(([a], [b]) => a - b);

/** As y-websocket's: it says again what it hears, and forgets the others when its connection is lost. */
interface Client {
  readonly awareness: Awareness;
  speaker: Speaker;
  at: string | null;
}

test('P2 C3 whoever is in a piece at some server is seen at all of them when nothing is on its way, however they come, go, move and write, and servers open, close and are killed meanwhile', () => {
  const first = runSeed();
  for (let seed = first; seed < first + 300; seed++) {
    const random = seeded(seed);
    const carrier = new Carrier();
    const rooms = new Map<string, Room>();
    let [order, lives] = [0, 0];
    const servers = ['a', 'b', 'c'];
    const clients = Array.from({ length: 3 }, (_, i): Client => {
      const doc = new Y.Doc();
      doc.clientID = i + 1;
      const awareness = new Awareness(doc);
      awareness.setLocalState({ cursor: 0 });
      const person = { id: `u-${i}`, name: `Person ${i}`, color: '#000' };
      const client: Client = { awareness, speaker: { person, role: 'writer', order: 0 }, at: null };
      awareness.on('update', ({ added, updated, removed }: Record<string, number[]>) => {
        if (client.at === null) return;
        rooms.get(client.at)!.hear(client, [...added!, ...updated!, ...removed!]);
      });
      return client;
    });
    const disconnect = (client: Client) => {
      client.at = null;
      const { awareness } = client;
      const others = [...awareness.getStates().keys()].filter((id) => id !== awareness.clientID);
      removeAwarenessStates(awareness, others, 'disconnect');
    };
    const settle = () => {
      do vi.advanceTimersByTime(20);
      while (carrier.deliver(random));
    };
    const enter = (client: Client, at: string) => {
      // To connect anew takes longer than what is on its way between servers.
      if (client.speaker.order > 0) settle();
      if (!rooms.has(at)) rooms.set(at, new Room(carrier, at));
      client.at = at;
      client.speaker = { ...client.speaker, order: ++order };
      rooms.get(at)!.enter(client);
    };
    const letGo = (client: Client) => {
      if (client.at === null) return;
      const { at } = client;
      disconnect(client);
      rooms.get(at)!.leave(client);
    };
    const actions: Record<string, () => void> = {
      deliver: () => void carrier.deliver(random),
      'pass time': () => void vi.advanceTimersByTime(random.int(20)),
      enter: () => {
        const client = random.pick(clients);
        letGo(client);
        enter(client, random.pick(servers));
      },
      leave: () => letGo(random.pick(clients)),
      write: () => {
        random.pick(clients).awareness.setLocalState({ cursor: random.int(1_000) });
      },
      close: () => {
        const at = random.pick(servers);
        if (clients.some((client) => client.at === at)) return;
        rooms.get(at)?.replica.close();
        rooms.delete(at);
      },
      kill: () => {
        if (random.int(4) > 0) return;
        const at = random.pick(servers);
        if (!rooms.delete(at)) return;
        carrier.silence(at);
        // It comes back as another.
        servers[servers.indexOf(at)] = `${at[0]}${++lives}`;
        for (const client of clients) if (client.at === at) disconnect(client);
        for (const room of rooms.values()) room.replica.lost(at);
      },
    };
    const done: string[] = [];
    for (let step = 0; step < 60; step++) {
      const name = random.pick(Object.keys(actions));
      done.push(name);
      actions[name]!();
    }
    settle();
    const there = clients.filter(({ at }) => at !== null);
    const wanted = sorted(
      new Map(
        there.map(({ awareness }) => [awareness.clientID, awareness.getLocalState()!.cursor]),
      ),
    );
    const about = `SEED=${seed}: ${done.join(', ')}`;
    for (const [at, room] of rooms) expect(sorted(room.seen()), `${at}, ${about}`).toEqual(wanted);
    for (const room of rooms.values()) room.replica.close();
    for (const { awareness } of clients) awareness.destroy();
  }
});
