import { printTable } from '../report.ts';
import { connections, endOf, endsAt, parts, type Capacity, type Machines } from './limits.ts';
import type { Outcome } from './simulation/simulate.ts';

export interface Line {
  readonly servers: number;
  readonly outcome: Outcome;
  readonly capacity: Capacity;
}

/** A line for each number of servers; what is past its end has a star. */
export function printModel(lines: readonly Line[], machines: Machines): void {
  const people = whole(lines[0]?.outcome.people ?? 0);
  console.log(`\nWhat ${people} people ask of each part, a second (* more than it has)\n`);
  printTable([
    [
      ...[
        'servers',
        'servers/piece',
        'keys',
        'commits',
        'rows',
        'lock waits each',
        'saved p50, p99 ms',
      ],
      ...['WAL MB', 'looks', 'Postgres cores', 'connections'],
    ],
    ...lines.map(({ servers, outcome }) => [
      String(servers),
      outcome.spread.toFixed(2),
      whole(outcome.keys),
      whole(outcome.commits),
      whole(outcome.rows),
      outcome.lockWaits.toFixed(2),
      `${outcome.savedMedian.toFixed(0)}, ${outcome.savedLate.toFixed(0)}`,
      (outcome.wal / 1e6).toFixed(1),
      whole(outcome.looks),
      starred(outcome.postgresCores, machines.cores),
      starred(connections(servers, machines), machines.maxConnections, 0),
    ]),
  ]);
  console.log();
  printTable([
    [
      ...[
        'servers',
        'summaries',
        'snapshots',
        'Redis in',
        'Redis out',
        'out MB',
        'Redis core (least)',
        'late ms',
      ],
      ...['frames', 'busiest loop', 'cores each', 'full', 'ends at people', 'by'],
    ],
    ...lines.map(({ servers, outcome, capacity }) => [
      String(servers),
      whole(outcome.summaries),
      whole(outcome.snapshots),
      whole(outcome.messages),
      whole(outcome.deliveries),
      (outcome.bytesOut / 1e6).toFixed(1),
      `${outcome.redisCores.toFixed(2)} (${starred(outcome.redisLeast, 1)})`,
      Number.isNaN(outcome.redisLate) ? '–' : outcome.redisLate.toFixed(1),
      whole(outcome.frames),
      starred(outcome.loopCores, 1),
      outcome.serverCores.toFixed(2),
      `${(endOf(outcome, machines).full * 100).toFixed(0)} %`,
      whole(capacity.people),
      capacity.part,
    ]),
  ]);
  console.log('\nWith how many people each part would end, were it alone\n');
  printTable([
    ['servers', ...parts],
    ...lines.map(({ servers, outcome }) => {
      const ends = endsAt(outcome, machines);
      return [
        String(servers),
        ...parts.map((part) => (Number.isFinite(ends[part]) ? whole(ends[part]) : '–')),
      ];
    }),
  ]);
}

const whole = (value: number) => Math.round(value).toLocaleString('en-US');

function starred(value: number, most: number, digits = 2): string {
  return value.toFixed(digits) + (value > most ? '*' : '');
}
