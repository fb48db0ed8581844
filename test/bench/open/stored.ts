/** What is kept of pieces, packed and weighed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Database } from '../../../server/db/open.ts';
import { trackChild } from '../cleanup.ts';

/** Runs `counterpoint compact` on the database in a folder that no server uses. */
export async function compact(folder: string): Promise<void> {
  const bin = join(import.meta.dirname, '..', '..', '..', 'server', 'bin.mjs');
  const child = spawn(process.execPath, [bin, 'compact'], {
    env: { ...process.env, DATABASE_URL: '', DATA_DIR: join(folder, 'data') },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  trackChild(child);
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`compact ended with ${code}`);
}

/** All tables with TOAST and indexes, in bytes. */
export async function sizeOfAll({ sql }: Pick<Database, 'sql'>): Promise<number> {
  const [row] = await sql<{ bytes: number }[]>`
    select sum(pg_total_relation_size(oid))::bigint as bytes from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace`;
  return row?.bytes ?? NaN;
}
