/**
 * Which servers run for a scenario, and how often. Where people type, the servers run beside each other
 * and have the load in turns, because a machine's speed drifts; else each is started anew.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './cleanup.ts';
import type { Figure } from './figures.ts';
import { patient, quick } from './measure/steady.ts';
import type { Options, ScenarioName } from './options.ts';
import { hottest } from './profile.ts';
import { measureAdversaries } from './scenarios/adversary.ts';
import { measureBackup } from './scenarios/backup.ts';
import { measureCapacity } from './scenarios/capacity.ts';
import { measureDeploy } from './scenarios/deploy.ts';
import { measureHistory } from './scenarios/history.ts';
import { measureJoins } from './scenarios/joins.ts';
import { measureMemory } from './scenarios/memory.ts';
import { measureModel } from './scenarios/model.ts';
import { measureOpening } from './scenarios/open.ts';
import { measureServers } from './scenarios/servers.ts';
import { measureThreads } from './scenarios/threads.ts';
import * as typing from './scenarios/typing.ts';
import { measureWriting } from './scenarios/writing.ts';
import { measureYear } from './scenarios/year.ts';
import type { Server, ServerName } from './servers/server.ts';
import { titles, withServers } from './servers/start.ts';

/** Lines of a profile that are worth reading. */
const profileLines = 25;

/** Connections that `capacity` may need; the default is for the people of one machine. */
const manyConnections = { MAX_CONNECTIONS: '20000' };

type Run = (options: Options, round: number) => Promise<Figure[]>;
type Once =
  'memory' | 'open' | 'history' | 'backup' | 'servers' | 'deploy' | 'adversary' | 'model' | 'year';

/** One round is enough: they take the median of several starts by themselves, or hardly vary. */
const once: Readonly<Record<Once, Run>> = {
  memory: (options) => oneByOne('memory', 1, options, measureMemory),
  open: measureOpenings,
  history: measureHistory,
  backup: measureBackup,
  servers: measureServers,
  deploy: measureDeploy,
  adversary: measureAdversaries,
  model: measureModel,
  year: measureYear,
};

const inRounds: Readonly<Record<Exclude<ScenarioName, Once>, Run>> = {
  desk: (options, round) => inTurns('desk', typing.deskPaces, round, options),
  crowd: (options, round) => inTurns('crowd', [typing.crowdPace], round, options),
  saved: (options, round) => inTurns('saved', [typing.savedPace], round, ours(options)),
  capacity: (options, round) =>
    oneByOne('capacity', round, options, (server) => measureCapacity(server, round, patient)),
  writing: (options, round) => oneByOne('writing', round, ours(options), measureWriting),
  threads: (options, round) => oneByOne('threads', round, ours(options), measureThreads),
  joins: (options, round) => oneByOne('joins', round, ours(options), measureJoins),
};

/** Only Counterpoint says what is saved, has pages, and keeps anything. */
export const oursAlone: readonly ScenarioName[] = [
  ...(['saved', 'writing', 'threads', 'history', 'backup', 'servers', 'deploy'] as const),
  ...(['adversary', 'model', 'joins', 'year'] as const),
];

/** Nothing where a round was all that there is to do. */
export async function runScenario(
  scenario: ScenarioName,
  round: number,
  options: Options,
): Promise<Figure[]> {
  const isOnce = scenario in once;
  if (isOnce && round > 1) return [];
  if (oursAlone.includes(scenario) && !options.servers.includes('ours')) return [];
  console.log(`${scenario}, round ${round}`);
  return isOnce
    ? once[scenario as Once](options, round)
    : inRounds[scenario as Exclude<ScenarioName, Once>](options, round);
}

/** The short form: some loads on the same two servers. */
export function runQuick(round: number, options: Options): Promise<Figure[]> {
  return inTurns('quick', typing.quickPaces, round, options);
}

function ours(options: Options): Options {
  return { ...options, servers: ['ours'] };
}

async function measureOpenings({ servers }: Options): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const name of servers) {
    console.log(` ${titles[name]}`);
    figures.push(...(await measureOpening(name, { folder: folderOf(name) })));
  }
  return figures;
}

function inTurns(
  title: ScenarioName | 'quick',
  paces: readonly typing.Pace[],
  round: number,
  options: Options,
): Promise<Figure[]> {
  const times = { seconds: options.seconds, patience: options.quick ? quick : patient };
  return started(title, options.servers, round, options, (servers) =>
    typing.measureTyping(servers, paces, round, times),
  );
}

async function oneByOne(
  title: ScenarioName,
  round: number,
  options: Options,
  work: (server: Server, round: number) => Promise<Figure[]>,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const name of options.servers) {
    const stored = title === 'capacity' && name === 'hocuspocus';
    const whom = stored ? 'hocuspocus-postgres' : name;
    console.log(` ${titles[whom]}`);
    const measured = await started(title, [whom], round, options, ([server]) => {
      if (server === undefined) throw new Error('a server was started');
      return work(server, round);
    });
    figures.push(...measured);
  }
  return figures;
}

async function started<T>(
  title: ScenarioName | 'quick',
  names: readonly ServerName[],
  round: number,
  { profile }: Options,
  use: (servers: readonly Server[]) => Promise<T>,
): Promise<T> {
  const profileOf = (name: ServerName) =>
    profile === null ? null : join(profile, `${title}-${name}-${round}`);
  const optionsOf = (name: ServerName) => {
    const folder = profileOf(name);
    if (folder !== null) mkdirSync(folder, { recursive: true });
    const env = title === 'capacity' ? manyConnections : {};
    return { folder: folderOf(name), collectable: title === 'memory', profile: folder, env };
  };
  const result = await withServers(names, optionsOf, use);
  for (const name of names) {
    const folder = profileOf(name);
    if (folder !== null) console.log([titles[name], ...hottest(folder, profileLines)].join('\n'));
  }
  return result;
}

const folders = new Map<ServerName, string>();

/** One folder per server, so that ours has to make its database but once. */
function folderOf(name: ServerName): string {
  const folder = folders.get(name) ?? temporaryFolder();
  folders.set(name, folder);
  return folder;
}
