/** Scenarios in which people type: a busy newsroom, one crowded piece, and what saving takes. */
import { names, type Figure, type Subject } from '../figures.ts';
import { Crew, type Typed } from '../load/crew.ts';
import type { Patience } from '../measure/steady.ts';
import { joinRooms, processesFor, type Load, type Party } from '../measure/stretch.ts';
import { inTurns, type Measured } from '../measure/turns.ts';
import type { Server } from '../servers/server.ts';

export const desk: Load = { rooms: 100, people: 4, typists: 2 };
export const crowd: Load = { rooms: 1, people: 100, typists: 20 };

/** A load at a speed, which is what figures are about. */
export interface Pace {
  readonly subject: Subject;
  readonly load: Load;
  /** Each key sends the text and then the cursor. */
  readonly keysPerSecond: number;
}

/** A fast typist, and loads that one server carries in larger newsrooms. */
export const deskPaces: readonly Pace[] = [
  { subject: 'desk 5', load: desk, keysPerSecond: 5 },
  { subject: 'desk 12', load: desk, keysPerSecond: 12 },
  { subject: 'desk 20', load: desk, keysPerSecond: 20 },
];
export const crowdPace: Pace = { subject: 'crowd', load: crowd, keysPerSecond: 5 };
export const savedPace: Pace = { subject: 'saved', load: desk, keysPerSecond: 5 };
/** What a developer waits for. */
export const quickPaces = [
  ...deskPaces.filter(({ keysPerSecond }) => keysPerSecond !== 12),
  crowdPace,
];

/** Past this share of a core the generator is late itself, and latencies are its own. */
const mostGeneratorLoad = 0.85;
/** A generator that presses keys later than this, in ms, does not get its core when it wants it. */
const mostLate = 10;
/** More keys than this share left out are a smaller load than was asked for. */
const mostSkipped = 0.02;
/** Work without load that would be more than this share of a server's figure makes it doubtful. */
const mostIdle = 0.1;

export interface Times {
  /** Measured of each server at each pace. */
  readonly seconds: number;
  readonly patience: Patience;
}

/** The paces one after the other, each with all servers in turns. */
export async function measureTyping(
  servers: readonly Server[],
  paces: readonly Pace[],
  round: number,
  { seconds, patience }: Times,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const load of new Set(paces.map((pace) => pace.load))) {
    const own = paces.filter((pace) => pace.load === load);
    const processes = Math.max(...own.map((pace) => processesFor(load, pace.keysPerSecond)));
    const parties: Party[] = servers.map((server) => ({ server, crew: new Crew(processes) }));
    try {
      // Only stock clients are compared; who waits for `saved` asks for it.
      const ext = own.every(({ subject }) => subject === 'saved');
      for (const party of parties) await joinRooms(party, load, ext);
      for (const { subject, keysPerSecond } of own) {
        console.log(`  ${subject}, ${keysPerSecond} keys/s a typist`);
        for (const measured of await inTurns(parties, { keysPerSecond, seconds, patience })) {
          console.log(`    ${measured.server}: ${describe(measured)}`);
          figures.push(...figuresOf(subject, round, measured));
        }
      }
    } finally {
      for (const { crew } of parties) await crew.stop();
    }
  }
  return figures;
}

function figuresOf(scenario: Subject, round: number, measured: Measured): Figure[] {
  const { typed, user, system, database } = measured;
  const lost = lossOf(typed);
  const slow = lost ?? generatorDoubt(typed);
  const costly = lost ?? idleDoubt(measured);
  const figure = (name: string, value: number, doubt: string | null): Figure => ({
    ...{ scenario, server: measured.server, round, name, value, doubt },
  });
  if (scenario === 'saved') {
    return [
      figure(names.savedP50, typed.savedP50, slow),
      figure(names.savedP99, typed.savedP99, slow),
    ];
  }
  return [
    figure(names.cpu, user + system, costly),
    figure(names.cpuUser, user, costly),
    figure(names.cpuSystem, system, costly),
    figure(names.leftOver, measured.leftOver, null),
    ...(database > 0 ? [figure(names.databaseCpu, database, lost)] : []),
    figure(names.p50, typed.deliveryP50, slow),
    figure(names.p99, typed.deliveryP99, slow),
    figure(names.lateP99, typed.lateP99, null),
    figure(names.lateMax, typed.lateMax, null),
    figure(names.loopMax, typed.loopMax, null),
  ];
}

/** One line on how a server fared. */
function describe({ typed, user, system, each, load, idleLoad, warmth }: Measured): string {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  return [
    `warm ${warmth.steady ? 'after' : 'NOT after'} ${warmth.seconds} s`,
    `${typed.delivered} changes`,
    `${(user + system).toFixed(1)} µs each (${user.toFixed(1)} user, ${system.toFixed(1)} system; ` +
      `stretches ${each.map((value) => value.toFixed(0)).join(' ')})`,
    `p99 ${ms(typed.deliveryP99)}`,
    ...(typed.saved > 0 ? [`saved p99 ${ms(typed.savedP99)}`] : []),
    `server ${percent(load)}, ${percent(idleLoad, 1)} without load`,
    `generator ${percent(typed.generatorLoad)}, late p99 ${ms(typed.lateP99)} ` +
      `longest ${ms(typed.lateMax)}, its loop lost p99 ${ms(typed.loopP99)} longest ${ms(typed.loopMax)}`,
    ...(typed.skipped > 0
      ? [`${typed.skipped} of ${typed.pressed + typed.skipped} keys left out`]
      : []),
    ...(typed.missing > 0 ? [`${typed.missing} NEVER ARRIVED`] : []),
  ].join(', ');
}

function lossOf({ missing }: Typed): string | null {
  return missing === 0 ? null : `${missing} changes never arrived, so these figures are void`;
}

/** Why what was typed says nothing of a server; null: it does. */
export function generatorDoubt(
  typed: Pick<Typed, 'generatorLoad' | 'lateP99' | 'skipped' | 'pressed'>,
): string | null {
  if (typed.generatorLoad > mostGeneratorLoad) {
    return `the generator used over ${percent(mostGeneratorLoad)} of a core: latencies are its own`;
  }
  if (typed.skipped > mostSkipped * typed.pressed) {
    return `the generator left out over ${percent(mostSkipped)} of the keys: the load was smaller`;
  }
  if (typed.lateP99 <= mostLate) return null;
  return `the machine was busy with other work (keys pressed over ${mostLate} ms late), so latencies are not the server's`;
}

function idleDoubt({ idleLoad, load }: Measured): string | null {
  if (idleLoad <= mostIdle * load) return null;
  return `a server worked while another had the load, over ${percent(mostIdle)} of its own: its figure lacks that`;
}

function percent(share: number, digits = 0): string {
  return `${(share * 100).toFixed(digits)} %`;
}
