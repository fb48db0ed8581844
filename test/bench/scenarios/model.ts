/**
 * Many servers, on paper and simulated: 10,000 pieces of four people over 1 to 64 servers, what each part
 * would have to do, and which of them ends first. With `--calibrate`, what each operation costs is measured
 * here first; with `--validate`, the model is compared with real servers at a small size.
 */
import type { Figure } from '../figures.ts';
import { calibrate } from '../model/calibrate.ts';
import type { Costs } from '../model/costs.ts';
import { measuredCosts } from '../model/measured-costs.ts';
import { findCapacity, type Machines } from '../model/limits.ts';
import type { Newsroom } from '../model/newsroom.ts';
import { keysPerSecond, readRhythm } from '../model/rhythm.ts';
import { simulate } from '../model/simulation/simulate.ts';
import { printModel, type Line } from '../model/table.ts';
import { validate } from '../model/validate.ts';
import { usualPool } from '../../../server/db/opening/pool-shares.ts';

export interface ModelOptions {
  readonly calibrate: boolean;
  readonly validate: boolean;
  readonly seed: number;
  /** Of the four people of a piece, those who write at the same time. */
  readonly writers: number;
  /** All of a piece at one server. */
  readonly pinned: boolean;
  /** Of Postgres. */
  readonly cores: number;
}

const pieces = 10_000;
const people = 4;
const serverCounts = [1, 2, 4, 8, 16, 32, 64] as const;
/** Simulated, in seconds: for the table, and for each try of the search for the end. */
const seconds = { table: 2, search: 1 };

export async function measureModel(options: ModelOptions): Promise<Figure[]> {
  const { seed, writers, pinned, cores } = options;
  const rhythm = readRhythm();
  const costs = options.calibrate ? await calibrate(seed) : measuredCosts;
  printCosts(costs);
  console.log(
    `  People type as in ${rhythm.origin}: ${keysPerSecond(rhythm).toFixed(2)} keys a second each`,
  );
  if (options.validate) await validate({ rhythm, costs, seed });
  const machines: Machines = {
    ...{ cores, pool: usualPool },
    // Of 10 Gbit/s; a good disk; what an operator can set without a thought.
    ...{ network: 1.25e9, disk: 400e6, maxConnections: 500 },
  };
  const lines: Line[] = [];
  for (const servers of serverCounts) {
    const attempt = (some: number, long: number) => {
      const newsroom: Newsroom = { pieces: some, people, writers, servers, pinned };
      return simulate({ newsroom, rhythm, costs, cores, seed, seconds: long });
    };
    const outcome = attempt(pieces, seconds.table);
    const capacity = findCapacity({ pieces, outcome }, machines, (some) =>
      attempt(some, seconds.search),
    );
    console.log(`  ${String(servers)} servers: simulated`);
    lines.push({ servers, outcome, capacity });
  }
  printModel(lines, machines);
  return lines.map(({ servers, capacity }) => ({
    ...{ scenario: 'model', server: 'ours', round: 1, doubt: null },
    name: `${String(servers)} servers: people at which ${capacity.part} ends`,
    value: capacity.people,
  }));
}

function printCosts({ origin, ...groups }: Costs): void {
  console.log(`model: costs in µs, and bytes, of ${origin}`);
  for (const [group, costs] of Object.entries(groups)) {
    const each = Object.entries<number>({ ...costs });
    console.log(`  ${group}: ${each.map(([name, cost]) => `${name} ${short(cost)}`).join(', ')}`);
  }
}

const short = (cost: number) => String(Number(cost.toPrecision(3)));
