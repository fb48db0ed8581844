/**
 * `npm run bench`: the same load on Counterpoint and on its peers in one run, and what was promised
 * of the comparison. Servers run one at a time, each in a process of its own, started anew for each
 * measurement; rounds are interleaved, because a machine's speed drifts. Ends with 1 if a promise
 * that was measured is missed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { cleanUp, cleanUpOnSignals, temporaryFolder } from './cleanup.ts';
import type { Figure } from './figures.ts';
import { readOptions, usage, type Options, type ScenarioName } from './options.ts';
import { hottest } from './profile.ts';
import { report } from './report.ts';
import { measureAdversaries } from './scenarios/adversary.ts';
import { measureBackup } from './scenarios/backup.ts';
import { measureDeploy } from './scenarios/deploy.ts';
import { measureHistory } from './scenarios/history.ts';
import { measureJoins } from './scenarios/joins.ts';
import { measureMemory } from './scenarios/memory.ts';
import { measureModel } from './scenarios/model.ts';
import { measureOpening } from './scenarios/open.ts';
import { measureServers } from './scenarios/servers.ts';
import { measureThreads } from './scenarios/threads.ts';
import { measureWriting } from './scenarios/writing.ts';
import { crowd, desk, describe, savedFigures, typeOn, typingFigures } from './scenarios/typing.ts';
import { checkClients } from './selfcheck/check.ts';
import { installPeers } from './servers/peers.ts';
import type { Server, ServerName } from './servers/server.ts';
import { startServer, titles } from './servers/start.ts';

/** Lines of a profile that are worth reading. */
const profileLines = 25;

const oursAlone: readonly ScenarioName[] = [
  'saved',
  'writing',
  'threads',
  'history',
  'backup',
  'servers',
  'deploy',
  'adversary',
  'model',
  'joins',
];

/** Memory hardly varies; the others take the median of several starts by themselves. */
const once: readonly ScenarioName[] = [
  'memory',
  'open',
  'history',
  'backup',
  'servers',
  'deploy',
  'adversary',
  'model',
];

const folders = new Map<ServerName, string>();

/** One folder per server, so that ours has to make its database but once. */
function folderOf(name: ServerName): string {
  const folder = folders.get(name) ?? temporaryFolder();
  folders.set(name, folder);
  return folder;
}

async function measure(
  scenario: ScenarioName,
  name: ServerName,
  round: number,
  options: Options,
): Promise<Figure[]> {
  console.log(`${scenario}, round ${round}: ${titles[name]}`);
  const folder = folderOf(name);
  if (scenario === 'open') return measureOpening(name, { folder });
  if (scenario === 'history') return measureHistory();
  if (scenario === 'backup') return measureBackup(options);
  if (scenario === 'servers') return measureServers(options);
  if (scenario === 'deploy') return measureDeploy();
  if (scenario === 'adversary') return measureAdversaries(options);
  if (scenario === 'model') return measureModel(options);
  const profile =
    options.profile === null ? null : join(options.profile, `${scenario}-${name}-${round}`);
  if (profile !== null) mkdirSync(profile, { recursive: true });
  const server = await startServer(name, { folder, collectable: scenario === 'memory', profile });
  const figures = await load(scenario, server, round, options.seconds);
  await server.stop();
  if (profile !== null) console.log(hottest(profile, profileLines).join('\n'));
  return figures;
}

async function load(
  scenario: Exclude<
    ScenarioName,
    'open' | 'history' | 'backup' | 'servers' | 'deploy' | 'adversary' | 'model'
  >,
  server: Server,
  round: number,
  seconds: number,
): Promise<Figure[]> {
  if (scenario === 'memory') return measureMemory(server);
  if (scenario === 'writing') return measureWriting(server, round);
  if (scenario === 'threads') return measureThreads(server, round);
  if (scenario === 'joins') return measureJoins(server, round);
  const typed = await typeOn(
    server,
    scenario === 'crowd' ? crowd : desk,
    seconds,
    scenario === 'saved',
  );
  console.log(`  ${describe(typed)}`);
  return scenario === 'saved'
    ? savedFigures(server, round, typed)
    : typingFigures(scenario, server, round, typed);
}

async function measureAll(options: Options): Promise<Figure[]> {
  const figures: Figure[] = [];
  const compared = options.only.some((scenario) => !oursAlone.includes(scenario));
  const peers = compared ? options.servers.filter((name) => name !== 'ours') : [];
  if (peers.length > 0) installPeers();
  if (options.selfCheck) await checkClients(peers, temporaryFolder());
  for (let round = 1; round <= options.rounds; round++) {
    for (const scenario of options.only) {
      if (round > 1 && once.includes(scenario)) continue;
      for (const name of options.servers) {
        // Only Counterpoint says what is saved, and has pages.
        if (oursAlone.includes(scenario) && name !== 'ours') continue;
        figures.push(...(await measure(scenario, name, round, options)));
      }
    }
  }
  return figures;
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(usage);
    return 0;
  }
  const options = readOptions(args);
  cleanUpOnSignals();
  console.log(`Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})`);
  const figures = await measureAll(options);
  const kept = report(figures);
  if (options.json !== null) writeFileSync(options.json, JSON.stringify({ figures }, null, 2));
  return kept ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
