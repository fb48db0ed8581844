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

interface Measurement {
  readonly figures: readonly Figure[];
  /** What could not be measured, and why. */
  readonly failures: readonly string[];
}

/** What fails is told at the end: an hour of other figures is not thrown away with it. */
async function measureAll(options: Options): Promise<Measurement> {
  const { only, servers, rounds } = options;
  const compared = options.quick || only.some((scenario) => !oursAlone.includes(scenario));
  const peers = compared ? servers.filter((name) => name !== 'ours') : [];
  if (peers.length > 0) installPeers();
  if (options.selfCheck) await checkClients(peers, temporaryFolder());
  const figures: Figure[] = [];
  const failures: string[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const scenario of options.quick ? (['quick'] as const) : only) {
      try {
        const measured =
          scenario === 'quick' ? runQuick(round, options) : runScenario(scenario, round, options);
        figures.push(...(await measured));
      } catch (error) {
        console.error(error);
        failures.push(`${scenario}, round ${round}: ${String(error)}`);
      }
    }
  }
  return { figures, failures };
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
  const { figures, failures } = await measureAll(options);
  const kept = report(figures);
  if (options.compare !== null) printChanges(options.compare, figures);
  if (options.json !== null) writeFileSync(options.json, JSON.stringify({ figures }, null, 2));
  if (options.writeResults) {
    await addResults(figures);
    await writeTables();
  }
  for (const failure of failures) console.error(`FAILED ${failure}`);
  return kept && failures.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
