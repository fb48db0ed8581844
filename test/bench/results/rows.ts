/** The lines of the README's tables. */
import { names, type Subject } from '../figures.ts';
import type { ServerName } from '../servers/server.ts';

export interface Row {
  readonly label: string;
  readonly scenario: Subject;
  /** One figure, or two that stand beside each other; the spread and the promise are the last's. */
  readonly figures: readonly string[];
  readonly unit: string;
  readonly digits?: number;
  /** Whose figure stands in the column of Hocuspocus, where it is not the one in memory. */
  readonly hocuspocus?: ServerName;
  /** 0 is `none`. */
  readonly none?: true;
}

function paceRows(scenario: Subject, what: string): Row[] {
  return [
    {
      ...{ label: `${what}: server CPU per delivered change`, scenario },
      ...{ figures: [names.cpu], unit: 'µs' },
    },
    {
      ...{ label: '… of it user / system', scenario, unit: 'µs' },
      figures: [names.cpuUser, names.cpuSystem],
    },
    {
      ...{ label: '… its Postgres beside', scenario },
      ...{ figures: [names.databaseCpu], unit: 'µs' },
    },
    {
      ...{ label: '… delivery p50 / p99', scenario, unit: 'ms', digits: 1 },
      figures: [names.p50, names.p99],
    },
  ];
}

/** With the peers. */
export const compared: readonly Row[] = [
  ...paceRows('desk 5', '100 pieces × 4 people, 2 typing 5 keys/s'),
  ...paceRows('desk 12', 'the same, 12 keys/s'),
  ...paceRows('desk 20', 'the same, 20 keys/s'),
  ...paceRows('crowd', 'one piece × 100 people, 20 typing 5 keys/s'),
  {
    label:
      'most people typing 5 keys/s, two in each piece of four, at p99 ≤ 50 ms (Hocuspocus: with its Postgres store)',
    ...{ scenario: 'capacity', figures: [names.capacity], unit: 'people' },
    hocuspocus: 'hocuspocus-postgres',
  },
  {
    label: '500 pieces × 4 people: memory per client',
    ...{ scenario: 'memory', figures: [names.memory], unit: 'KiB' },
  },
  {
    label: 'from keystroke to saved (committed), p50 / p99',
    ...{ scenario: 'saved', figures: [names.savedP50, names.savedP99], unit: 'ms' },
  },
  {
    label: 'a piece with 260,000 edits opens after a restart, by `Y.applyUpdate`',
    ...{ scenario: 'open', figures: [names.cold], unit: '×', digits: 1 },
  },
  {
    label: '… opens while somebody has it open',
    ...{ scenario: 'open', figures: [names.warm], unit: '×', digits: 1 },
  },
  {
    label:
      'two strangers type while one person attacks in 41 ways, one at a time: worst delivery p99',
    ...{ scenario: 'adversary', figures: [names.attackedP99], unit: 'ms' },
  },
];

/** Of the web app. */
export const shown: readonly Row[] = [
  {
    label: 'a piece of 10,000 words, opened to the first paint that can be edited',
    ...{ scenario: 'writing', figures: [names.editable], unit: 'ms' },
  },
  {
    label: 'from key to paint in it, with ten others writing, p50 / p95',
    ...{ scenario: 'writing', figures: [names.keyP50, names.keyP95], unit: 'ms' },
  },
  {
    label: 'JavaScript of the editor’s page, gzipped',
    ...{ scenario: 'writing', figures: [names.editorWeight], unit: 'KB' },
  },
  {
    label: 'JavaScript of the list, gzipped',
    ...{ scenario: 'writing', figures: [names.listWeight], unit: 'KB' },
  },
];

/** Of comments and history. */
export const discussed: readonly Row[] = [
  {
    label: 'a comment, from its `POST` to its paint in another browser, p95',
    ...{ scenario: 'threads', figures: [names.threadShown], unit: 'ms' },
  },
  {
    label: 'a piece of 10,000 words with 500 threads: longest task while it opens',
    ...{ scenario: 'threads', figures: [names.threadOpen], unit: 'ms' },
  },
  {
    label: '… while it is scrolled',
    ...{ scenario: 'threads', figures: [names.threadScroll], unit: 'ms', none: true },
  },
  {
    label: 'the middle of a history of 260,000 edits, asked for the first time',
    ...{ scenario: 'history', figures: [names.pastState], unit: 'ms' },
  },
  {
    label: 'its list of writing stretches, once people have stopped for ten minutes',
    ...{ scenario: 'history', figures: [names.stretchesQuiet], unit: 'ms' },
  },
  {
    label: '… while they write',
    ...{ scenario: 'history', figures: [names.stretchesAgain], unit: 'ms' },
  },
  {
    label: '… while they write, the first answer after a start of the server',
    ...{ scenario: 'history', figures: [names.stretches], unit: 'ms' },
  },
  {
    label: '`seph-blog1`, 137,154 keystrokes, after `compact`: in Postgres, all counted',
    ...{ scenario: 'history', figures: [names.bytes], unit: 'bytes', digits: 1 },
  },
];
