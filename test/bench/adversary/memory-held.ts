/** What connections cost that do nothing, or that never end what they began. */
import { openUnfinished } from '../../adversary/unfinished.ts';
import { names, type Figure } from '../figures.ts';
import { Crew } from '../load/crew.ts';
import { residentBytes } from '../load/proc.ts';
import type { Arena, Arenas } from './arena.ts';

const MiB = 1024 * 1024;
const anonymous = 1_000;
/** Whoever has not been sent away after so long counts as not gone. */
const patienceMs = 20_000;

/** 5,000 sockets: so many people, each with some windows on two pieces. */
const people = 250;
const piecesEach = 2;
const windowsEach = 10;

export async function measureMemoryHeld(arenas: Arenas): Promise<Figure[]> {
  return [...(await ofUnfinished(arenas)), ...(await ofIdle(arenas))];
}

async function ofUnfinished(arenas: Arenas): Promise<Figure[]> {
  const arena = await arenas.open();
  const before = await settled(arena);
  let peak = before;
  const look = setInterval(() => {
    peak = Math.max(peak, residentBytes(arena.server.pid));
  }, 50);
  const cut = new AbortController();
  const opened = await openUnfinished(arena.ground.url, anonymous, cut.signal);
  const timer = setTimeout(() => cut.abort(), patienceMs);
  const longest = new Map<string, number>();
  for (const { kind, gone } of opened) {
    longest.set(kind, Math.max(longest.get(kind) ?? 0, await gone));
  }
  clearTimeout(timer);
  clearInterval(look);
  for (const [kind, took] of longest) console.log(`  ${kind}: gone after ${Math.round(took)} ms`);
  const figures = [
    figure(names.unfinishedMemory, (peak - before) / MiB),
    figure(names.unfinishedGone, Math.max(...longest.values())),
  ];
  return [...figures, ...(await faultsOf(arena))];
}

async function ofIdle(arenas: Arenas): Promise<Figure[]> {
  const arena = await arenas.open();
  const crowd = new Crew();
  try {
    for (let n = 0; n < people; n++) {
      const person = await arena.ground.person(`Idle ${n}`);
      const rooms: string[] = [];
      for (let each = 0; each < piecesEach; each++) {
        const id = await arena.ground.piece({ title: `Piece ${n}, ${each}` });
        await arena.ground.member(id, person, 'writer');
        rooms.push(id);
      }
      const target = { ...arena.server.target, params: { token: person.token } };
      await crowd.join({ target, rooms, people: windowsEach, typists: 0, characters: 0 });
    }
    const resident = residentBytes(arena.server.pid) / MiB;
    console.log(`  ${people * piecesEach * windowsEach} sockets, ${Math.round(resident)} MiB`);
    const idle = figure(names.idleMemory, resident);
    return [idle, ...(await faultsOf(arena))];
  } finally {
    await crowd.stop();
  }
}

async function faultsOf(arena: Arena): Promise<Figure[]> {
  const faults = await arena.end();
  for (const fault of faults) console.log(`    ${fault}`);
  return faults.length === 0 ? [] : [figure(names.faults, faults.length)];
}

/** Resident memory once garbage is collected, in bytes. */
async function settled({ server }: Arena): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await server.collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return residentBytes(server.pid);
}

function figure(name: string, value: number): Figure {
  return { scenario: 'adversary', server: 'ours', round: 1, name, value, doubt: null };
}
