/** The command line of `npm run bench -- …`. */
import { parseArgs } from 'node:util';
import type { ServerName } from './servers/server.ts';

export const scenarioNames = [
  'desk',
  'crowd',
  'capacity',
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
  'year',
] as const;
export type ScenarioName = (typeof scenarioNames)[number];

/** Whom to measure; `capacity` takes Hocuspocus with its Postgres store. */
const servers = ['ours', 'reference', 'hocuspocus'] as const satisfies readonly ServerName[];

export interface Options {
  readonly only: readonly ScenarioName[];
  readonly servers: readonly (typeof servers)[number][];
  readonly rounds: number;
  /** Measured of each server at each load of `desk`, `crowd` and `saved`, in all its turns. */
  readonly seconds: number;
  readonly selfCheck: boolean;
  /** Folder for CPU profiles of the servers; null: none are taken. */
  readonly profile: string | null;
  readonly json: string | null;
  /** `docs/bench-results.json` and what is made from it are written anew with what was measured. */
  readonly writeResults: boolean;
  /** Nothing is measured: what is made from that file is written anew. */
  readonly tables: boolean;
  /** Two minutes: some of `desk` and `crowd`, ours and the reference, one round. */
  readonly quick: boolean;
  /** What `json` wrote before, to compare with. */
  readonly compare: string | null;
  /** Of the database that `backup` saves. */
  readonly pieces: number;
  readonly rows: number;
  /** Of `year`: sizes with more edits are left out. */
  readonly edits: number;
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
  --quick                               two minutes, for before and after a change: desk at 5
                                        and 20 keys/s and crowd, ours and the reference
  --compare <file>                      what has changed since --json wrote that
  --rounds 3                            rounds of desk, crowd, capacity and saved
  --seconds 15                          measured seconds of each server at each of their loads
  --pieces 1000, --rows 1000000         of the database that backup saves
  --edits 2082000                       of year: the most edits of a size that is measured
  --attack <part of a name>             of the attacks of adversary, these alone
  --seed 1, --writers 4, --pinned, --cores 16
                                        of model: its chance, who of four writes, a piece's
                                        people all at one server, and the cores of Postgres
  --calibrate, --validate               of model: measures here what each operation costs, and
                                        compares it with real servers at a small size
  --json <file>                         writes all figures there
  --write-results                       puts them into docs/bench-results.json, and the README
  --tables                              measures nothing, writes the README's tables from that
  --profile <folder>                    takes a CPU profile of each run, prints what is hot
  --no-self-check                       skips the comparison with real clients`;

const known = {
  only: { type: 'string', default: scenarioNames.join() },
  servers: { type: 'string' },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  'self-check': { type: 'boolean', default: true },
  profile: { type: 'string' },
  json: { type: 'string' },
  'write-results': { type: 'boolean', default: false },
  tables: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  compare: { type: 'string' },
  pieces: { type: 'string', default: '1000' },
  rows: { type: 'string', default: '1000000' },
  edits: { type: 'string', default: '2082000' },
  attack: { type: 'string' },
  calibrate: { type: 'boolean', default: false },
  validate: { type: 'boolean', default: false },
  seed: { type: 'string', default: '1' },
  writers: { type: 'string', default: '4' },
  pinned: { type: 'boolean', default: false },
  cores: { type: 'string', default: '16' },
} as const;

export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowNegative: true,
    allowPositionals: true,
    options: known,
  });
  return {
    only: listOf(positionals.length > 0 ? positionals.join() : values.only, scenarioNames),
    servers: listOf(values.servers ?? (values.quick ? 'ours,reference' : servers.join()), servers),
    rounds: positive(values.rounds ?? (values.quick ? '1' : '3')),
    seconds: positive(values.seconds ?? (values.quick ? '8' : '15')),
    selfCheck: values['self-check'] && !values.quick,
    profile: values.profile ?? null,
    json: values.json ?? null,
    writeResults: values['write-results'],
    tables: values.tables,
    quick: values.quick,
    compare: values.compare ?? null,
    pieces: positive(values.pieces),
    rows: positive(values.rows),
    edits: positive(values.edits),
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
