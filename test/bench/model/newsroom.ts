import type { Random } from '../../support/random.ts';

/** What is simulated. */
export interface Newsroom {
  readonly pieces: number;
  readonly people: number;
  /** Of the people of a piece, how many write; the others watch. */
  readonly writers: number;
  readonly servers: number;
  /** All connections of a piece go to one server, as by a hash of its id in the proxy; else in turn. */
  readonly pinned: boolean;
  /** All pieces have just been made: no snapshot is due, and nothing is to be packed. */
  readonly fresh?: boolean;
}

/** A piece that is open at a server. */
export interface Room {
  readonly piece: number;
  readonly server: number;
  /** Who is in it here. */
  members: number;
}

export interface Person {
  readonly room: Room;
  /** Of those of the piece, from 0. */
  readonly place: number;
  readonly writes: boolean;
}

export interface Seating {
  readonly people: readonly Person[];
  /** By piece. */
  readonly rooms: readonly (readonly Room[])[];
}

/** Who sits at which server: people come in any order, and a proxy gives connections out in turn. */
export function seat(newsroom: Newsroom, random: Random): Seating {
  const { pieces, people, writers, servers, pinned } = newsroom;
  const order = shuffled(pieces * people, random);
  const rooms: Room[][] = Array.from({ length: pieces }, () => []);
  const seated = order.map((one, turn) => {
    const [piece, place] = [Math.floor(one / people), one % people];
    const server = (pinned ? piece : turn) % servers;
    const open = rooms[piece]!;
    let room = open.find((other) => other.server === server);
    if (room === undefined) open.push((room = { piece, server, members: 0 }));
    room.members++;
    return { room, place, writes: place < writers };
  });
  return { people: seated, rooms };
}

function shuffled(count: number, random: Random): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const other = random.int(i + 1);
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  return order;
}
