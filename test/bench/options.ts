/** The command line of `npm run bench -- …`. */
import { parseArgs } from 'node:util';
import { serverNames, type ServerName } from './servers/server.ts';

export const scenarioNames = [
  'desk',
  'crowd',
  'memory',
  'saved',
  'open',
  'writing',
  'threads',
  'history',
  'backup',
  'servers',
  'deploy',
  'adversary',
  'model',
  'joins',
] as const;
export type ScenarioName = (typeof scenarioNames)[number];

export interface Options {
  readonly only: readonly ScenarioName[];
  readonly servers: readonly ServerName[];
  readonly rounds: number;
  /** Measured in each run of `desk`, `crowd` and `saved`. */
  readonly seconds: number;
  readonly selfCheck: boolean;
  /** Folder for CPU profiles of the servers; null: none are taken. */
  readonly profile: string | null;
  readonly json: string | null;
  /** Of the database that `backup` saves. */
  readonly pieces: number;
  readonly rows: number;
  /** Of the attacks of `adversary`, those whose name holds this; null: all. */
  readonly attack: string | null;
  /** Of `model`: costs are measured on this machine first; it is compared with real servers. */
  readonly calibrate: boolean;
  readonly validate: boolean;
  readonly seed: number;
  /** Of the four people of a piece, how many write at a time; and whether all of it is at one server. */
  readonly writers: number;
  readonly pinned: boolean;
  /** Of the Postgres of `model`. */
  readonly cores: number;
}

export const usage = `Usage: npm run bench -- [scenario…] [options]
  --only ${scenarioNames.join()}
                                        what to measure (all); the same as naming it
  --servers ours,reference,hocuspocus   whom to measure (all)
  --rounds 3                            rounds of desk, crowd and saved
  --seconds 12                          measured seconds of each of their runs
  --pieces 1000, --rows 1000000         of the database that backup saves
  --attack <part of a name>             of the attacks of adversary, these alone
  --seed 1, --writers 4, --pinned, --cores 16
                                        of model: its chance, who of four writes, a piece's
                                        people all at one server, and the cores of Postgres
  --calibrate, --validate               of model: measures here what each operation costs, and
                                        compares it with real servers at a small size
  --json <file>                         writes all figures there
  --profile <folder>                    takes a CPU profile of each run, prints what is hot
  --no-self-check                       skips the comparison with real clients`;

export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowNegative: true,
    allowPositionals: true,
    options: {
      only: { type: 'string', default: scenarioNames.join() },
      servers: { type: 'string', default: serverNames.join() },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '12' },
      'self-check': { type: 'boolean', default: true },
      profile: { type: 'string' },
      json: { type: 'string' },
      pieces: { type: 'string', default: '1000' },
      rows: { type: 'string', default: '1000000' },
      attack: { type: 'string' },
      calibrate: { type: 'boolean', default: false },
      validate: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      writers: { type: 'string', default: '4' },
      pinned: { type: 'boolean', default: false },
      cores: { type: 'string', default: '16' },
    },
  });
  return {
    only: listOf(positionals.length > 0 ? positionals.join() : values.only, scenarioNames),
    servers: listOf(values.servers, serverNames),
    rounds: positive(values.rounds),
    seconds: positive(values.seconds),
    selfCheck: values['self-check'],
    profile: values.profile ?? null,
    json: values.json ?? null,
    pieces: positive(values.pieces),
    rows: positive(values.rows),
    attack: values.attack ?? null,
    calibrate: values.calibrate,
    validate: values.validate,
    seed: positive(values.seed),
    writers: positive(values.writers),
    pinned: values.pinned,
    cores: positive(values.cores),
  };
}

/** In the order of `known`, whatever the order given. */
function listOf<T extends string>(list: string, known: readonly T[]): T[] {
  const given = list.split(',');
  const unknown = given.find((name) => !known.some((entry) => entry === name));
  if (unknown !== undefined) throw new RangeError(`${unknown} is none of ${known.join(', ')}`);
  return known.filter((name) => given.includes(name));
}

function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new RangeError(`${value} is not a positive number`);
  return number;
}
