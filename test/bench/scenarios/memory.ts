/**
 * What one more client costs in memory: 500 pieces of 4 people with an op-ed in each, two of them
 * writing a word now and then, and the resident memory of the server before and with them.
 *
 * All servers are treated alike: the same flags, some rooms joined before the first look (so that
 * code and caches that the first client brings are not counted as the later ones'), garbage
 * collected on demand before each look. Postgres' own memory does not grow with clients and is not
 * counted.
 */
import { names, type Figure } from '../figures.ts';
import { Crew } from '../load/crew.ts';
import { residentBytes } from '../load/proc.ts';
import type { Server } from '../servers/server.ts';

const people = 4;
const typists = 2;
const characters = 4_000;
const firstRooms = 25;
const rooms = 500;

const keysPerSecond = 0.2;
const settleSeconds = 10;

/** V8 gives memory back over several collections. */
const collections = 4;

export async function measureMemory(server: Server): Promise<Figure[]> {
  const crew = new Crew();
  try {
    const { target } = server;
    const names = await server.rooms(firstRooms + rooms);
    const join = (some: string[]) =>
      crew.join({ target, rooms: some, people, typists, characters });
    const write = (seconds: number) => crew.type({ keysPerSecond, warmUpSeconds: 0, seconds });
    await join(names.slice(0, firstRooms));
    await write(settleSeconds / 2);
    const before = await settled(server);
    await join(names.slice(firstRooms));
    await write(settleSeconds);
    const perClient = ((await settled(server)) - before) / (rooms * people);
    return [figureOf(server, perClient / 1024)];
  } finally {
    await crew.stop();
  }
}

function figureOf(server: Server, value: number): Figure {
  return {
    scenario: 'memory',
    server: server.name,
    round: 1,
    name: names.memory,
    value,
    doubt: null,
  };
}

async function settled(server: Server): Promise<number> {
  for (let i = 0; i < collections; i++) {
    await server.collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return residentBytes(server.pid);
}
