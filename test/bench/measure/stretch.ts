/** A server and those who are connected to it, and what a stretch of typing costs it. */
import { setTimeout as pause } from 'node:timers/promises';
import { cpus } from 'node:os';
import type { Crew } from '../load/crew.ts';
import type { Recorded } from '../load/messages.ts';
import type { Server, Usage } from '../servers/server.ts';
import { untilSteady, type Patience, type Warmth } from './steady.ts';

export interface Load {
  readonly rooms: number;
  readonly people: number;
  /** Of the people of each room, those who type. */
  readonly typists: number;
}

/** An op-ed of 700 words, in each piece before the typing begins. */
const characters = 4_000;

/** What one generator process carries, in keys a second of four people's pieces: 60 % of a core. */
const keysOfAProcess = 1_500;

/** Typing before a stretch is recorded: caches that another server had meanwhile are filled again. */
const leadMs = 1_000;

export interface Party {
  readonly server: Server;
  readonly crew: Crew;
}

/** How many processes a load takes. A room cannot be parted, and more than the cores do not help. */
export function processesFor({ rooms, typists }: Load, keysPerSecond: number): number {
  const wanted = Math.ceil((rooms * typists * keysPerSecond) / keysOfAProcess);
  return Math.max(1, Math.min(wanted, rooms, Math.max(2, cpus().length - 2)));
}

/** `ext` asks Counterpoint to say what is saved, which stock clients do not. */
export async function joinRooms({ server, crew }: Party, load: Load, ext = false): Promise<void> {
  const params = ext ? { ...server.target.params, ext: '1' } : server.target.params;
  const { rooms, ...rest } = load;
  const target = { ...server.target, params };
  const tokens = await server.tokens();
  await crew.join({ target, rooms: await server.rooms(rooms), tokens, ...rest, characters });
}

/** Types until the CPU time for each change is steady. */
export async function warmUp(
  { server, crew }: Party,
  keysPerSecond: number,
  patience: Patience,
  rooms?: number,
): Promise<Warmth> {
  await crew.press(keysPerSecond, rooms);
  await crew.record();
  let [count, used] = [0, await server.usage()];
  const warmth = await untilSteady(async (seconds) => {
    await pause(seconds * 1000);
    const [countNow, usedNow] = await Promise.all([crew.count(), server.usage()]);
    const { user, system } = usedBetween(used, usedNow);
    const each = ((user + system) * 1e6) / (countNow - count);
    [count, used] = [countNow, usedNow];
    return each;
  }, patience);
  await crew.rest();
  return warmth;
}

export interface Stretch {
  readonly records: readonly Recorded[];
  readonly seconds: number;
  readonly used: Usage;
  /** What the servers that had no load used meanwhile, in the order given. */
  readonly others: readonly Usage[];
}

export interface Stint {
  readonly keysPerSecond: number;
  readonly seconds: number;
  /** Typing in so many of the rooms. */
  readonly rooms?: number;
  /** Counts what was typed and arrived after the end as well. */
  readonly toTheLast?: boolean;
}

export async function stretch(
  { server, crew }: Party,
  { keysPerSecond, seconds, rooms, toTheLast = false }: Stint,
  others: readonly Server[] = [],
): Promise<Stretch> {
  const readAll = () => Promise.all([server, ...others].map((some) => some.usage()));
  await crew.press(keysPerSecond, rooms);
  await pause(leadMs);
  const [before] = await Promise.all([readAll(), crew.record()]);
  const from = performance.now();
  await pause(seconds * 1000);
  const [after] = await Promise.all([readAll(), toTheLast ? undefined : crew.close()]);
  const elapsed = (performance.now() - from) / 1000;
  const records = await crew.rest();
  const [used, ...idle] = after.map((now, i) => usedBetween(before[i] ?? now, now));
  if (used === undefined) throw new Error('the loaded server is the first that is read');
  return { records, seconds: elapsed, used, others: idle };
}

function usedBetween(before: Usage, after: Usage): Usage {
  return {
    user: after.user - before.user,
    system: after.system - before.system,
    database: after.database - before.database,
  };
}
