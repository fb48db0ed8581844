/** Scenarios in which people type: a busy newsroom, one crowded piece, and what saving takes. */
import { names, type Figure } from '../figures.ts';
import { Generator } from '../load/control.ts';
import type { Typed } from '../load/messages.ts';
import type { Server } from '../servers/server.ts';

export interface Load {
  readonly rooms: number;
  readonly people: number;
  /** Of the people of each room, those who type. */
  readonly typists: number;
}

export const desk: Load = { rooms: 100, people: 4, typists: 2 };
export const crowd: Load = { rooms: 1, people: 100, typists: 20 };

/** A fast typist. Each key sends the text and then the cursor. */
const keysPerSecond = 5;

/** Until the servers' code is compiled and their heaps have grown to size. */
const warmUpSeconds = 10;

/** An op-ed of 700 words, in each piece before the typing begins. */
const characters = 4_000;

/** Past this share of a core the generator is late itself, and latencies are its own. */
const mostGeneratorLoad = 0.85;

/** A generator that presses keys later than this, in ms, does not get its core when it wants it. */
const mostLate = 10;

/** `ext` asks Counterpoint to say what is saved, which stock clients do not. */
export async function typeOn(
  server: Server,
  { rooms, people, typists }: Load,
  seconds: number,
  ext = false,
): Promise<Typed> {
  const generator = new Generator();
  try {
    const params = ext ? { ...server.target.params, ext: '1' } : server.target.params;
    const target = { ...server.target, params };
    await generator.join({ target, rooms: await server.rooms(rooms), people, typists, characters });
    return await generator.type({ keysPerSecond, warmUpSeconds, seconds, serverPid: server.pid });
  } finally {
    await generator.stop();
  }
}

export function typingFigures(
  scenario: 'desk' | 'crowd',
  server: Server,
  round: number,
  typed: Typed,
): Figure[] {
  const lost = lossOf(typed);
  const about = { scenario, server: server.name, round };
  const slow = lost ?? generatorDoubt(typed);
  const database: Figure[] =
    typed.databaseCpu > 0
      ? [{ ...about, name: names.databaseCpu, value: typed.databaseCpu, doubt: lost }]
      : [];
  return [
    { ...about, name: names.cpu, value: typed.serverCpu, doubt: lost },
    ...database,
    { ...about, name: names.p50, value: typed.deliveryP50, doubt: slow },
    { ...about, name: names.p99, value: typed.deliveryP99, doubt: slow },
  ];
}

export function savedFigures(server: Server, round: number, typed: Typed): Figure[] {
  const about = { scenario: 'saved', server: server.name, round } as const;
  const doubt = lossOf(typed) ?? generatorDoubt(typed);
  return [
    { ...about, name: names.savedP50, value: typed.savedP50, doubt },
    { ...about, name: names.savedP99, value: typed.savedP99, doubt },
  ];
}

/** One line on how a run went. */
export function describe({
  delivered,
  serverCpu,
  deliveryP99,
  serverLoad,
  ...rest
}: Typed): string {
  return [
    `${delivered} changes delivered`,
    `${serverCpu.toFixed(1)} µs each`,
    `p99 ${deliveryP99.toFixed(1)} ms`,
    ...(rest.saved > 0 ? [`saved p99 ${rest.savedP99.toFixed(1)} ms`] : []),
    `server ${percent(serverLoad)}`,
    `generator ${percent(rest.generatorLoad)}, late p99 ${rest.lateP99.toFixed(1)} ms`,
    ...(rest.missing > 0 ? [`${rest.missing} NEVER ARRIVED`] : []),
  ].join(', ');
}

function lossOf({ missing }: Typed): string | null {
  return missing === 0 ? null : `${missing} changes never arrived, so these figures are void`;
}

function generatorDoubt({ generatorLoad, lateP99 }: Typed): string | null {
  if (generatorLoad > mostGeneratorLoad) {
    return `the generator used over ${percent(mostGeneratorLoad)} of a core: latencies are its own`;
  }
  if (lateP99 <= mostLate) return null;
  return `the machine was busy with other work (keys pressed over ${mostLate} ms late), so latencies are not the server's`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
