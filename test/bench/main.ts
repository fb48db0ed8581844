/**
 * `npm run bench`: the same load on Counterpoint and on its peers in one run, and what was promised
 * of the comparison. Ends with 1 if a promise that was measured is missed.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { cleanUp, cleanUpOnSignals, temporaryFolder } from './cleanup.ts';
import type { Figure } from './figures.ts';
import { readOptions, usage, type Options } from './options.ts';
import { report } from './report.ts';
import { printChanges } from './results/compare.ts';
import { addResults, writeTables } from './results/files.ts';
import { oursAlone, runQuick, runScenario } from './runs.ts';
import { checkClients } from './selfcheck/check.ts';
import { installPeers } from './servers/peers.ts';

async function measureAll(options: Options): Promise<Figure[]> {
  const { only, servers, rounds } = options;
  const compared = options.quick || only.some((scenario) => !oursAlone.includes(scenario));
  const peers = compared ? servers.filter((name) => name !== 'ours') : [];
  if (peers.length > 0) installPeers();
  if (options.selfCheck) await checkClients(peers, temporaryFolder());
  const figures: Figure[] = [];
  for (let round = 1; round <= rounds; round++) {
    if (options.quick) figures.push(...(await runQuick(round, options)));
    else
      for (const scenario of only) figures.push(...(await runScenario(scenario, round, options)));
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
  if (options.tables) {
    await writeTables();
    return 0;
  }
  cleanUpOnSignals();
  console.log(`Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})`);
  const figures = await measureAll(options);
  const kept = report(figures);
  if (options.compare !== null) printChanges(options.compare, figures);
  if (options.json !== null) writeFileSync(options.json, JSON.stringify({ figures }, null, 2));
  if (options.writeResults) {
    await addResults(figures);
    await writeTables();
  }
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
