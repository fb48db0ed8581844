import { cpus } from 'node:os';
import { seeded } from '../../support/random.ts';
import { measureBytes } from './calibration/bytes.ts';
import { calibratePostgres } from './calibration/postgres.ts';
import { calibrateRedis } from './calibration/redis.ts';
import { calibrateServers } from './calibration/servers.ts';
import type { Costs } from './costs.ts';

/** Measures what each operation costs on this machine; some five minutes. */
export async function calibrate(seed: number): Promise<Costs> {
  console.log('model: what servers use');
  const server = await calibrateServers();
  console.log('model: what Postgres uses');
  const database = await calibratePostgres(seeded(seed));
  console.log('model: what Redis uses');
  const redis = await calibrateRedis();
  const [cpu] = cpus();
  const day = new Date().toISOString().slice(0, 10);
  return {
    origin: `${day}, ${String(cpus().length)} cores (${cpu?.model ?? 'unknown'}), Node ${process.version}`,
    server: { ...server, ...database.server },
    postgres: database.postgres,
    redis,
    bytes: { ...database.bytes, ...measureBytes() },
  };
}
