import path from 'node:path';
import { existsSync } from 'node:fs';
import { reachDatabase } from '../backup/reach.ts';
import type { Log } from '../collab/ports.ts';
import { readConfig, type Config } from '../config.ts';
import { StartupError } from '../db/startup-error.ts';
import { databaseChecks } from './database.ts';
import { ok, problem, reasonOf, warning, type Finding } from './finding.ts';
import { dataFolder } from './folder.ts';
import { memory, nodeVersion, openFiles } from './machine.ts';
import { portState } from './port.ts';
import { publicUrl } from './public-url.ts';
import { redis } from './redis.ts';

/** Looks at everything that a server here would need, and changes nothing. */
export async function* examine(
  env: Readonly<Record<string, string | undefined>>,
  log: Log,
): AsyncGenerator<Finding> {
  yield nodeVersion();
  const read = readConfig(env);
  if (!read.ok) {
    for (const line of read.problems) yield problem(line);
    yield warning('The rest can be looked at when the configuration is right');
    return;
  }
  yield ok('The configuration can be read');
  const { config } = read;
  yield* await openFiles(config.limits);
  yield* memory(config.limits, config.databaseUrl === null);
  if (config.databaseUrl === null) yield* await dataFolder(config.dataDir);
  yield* database(config, log);
  if (config.redisUrl !== null) yield await redis(config.redisUrl);
  const port = await portState(config.host, config.port);
  yield port.finding;
  if (port.is !== 'bad') yield* await reached(config, port.is === 'ours');
}

async function* database({ databaseUrl, dataDir }: Config, log: Log): AsyncGenerator<Finding> {
  if (databaseUrl === null && !existsSync(path.join(dataDir, 'postgres', 'PG_VERSION'))) {
    yield ok('The first start makes the embedded database');
    return;
  }
  let reached;
  try {
    reached = await reachDatabase({ databaseUrl, dataDir, log, name: 'counterpoint doctor' });
  } catch (error) {
    const why = error instanceof StartupError ? error.message : reasonOf(error);
    const how = databaseUrl === null ? '' : '; see to DATABASE_URL, and that Postgres runs';
    yield problem(`${why}${how}`);
    return;
  }
  try {
    yield ok('The database answers');
    for (const check of Object.values(databaseChecks)) {
      const found = await check(reached.sql);
      yield* Array.isArray(found) ? found : [found];
    }
  } catch (error) {
    yield problem(`The database could not be asked: ${reasonOf(error)}`);
  } finally {
    await reached.close();
  }
}

const isLocal = (host: string) => ['127.0.0.1', '::1', 'localhost'].includes(host);

async function reached(config: Config, isRunning: boolean): Promise<Finding[]> {
  const { host, port, trustProxy } = config;
  if (config.publicUrl !== null) {
    const url = config.publicUrl;
    return publicUrl({ host, port, trustProxy, publicUrl: url }, isRunning);
  }
  if (isLocal(host)) return [ok('PUBLIC_URL is not set: this machine alone can use the server')];
  return [
    warning(
      'PUBLIC_URL is not set, and others can connect: put a proxy with TLS in front, and set it',
    ),
  ];
}
