/** The commands of an operator through PgBouncer in transaction mode, which nobody has told them of. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { connectSaved, createPiece } from '../../support/clients.ts';
import { startCommands, type Commands } from '../../support/commands/commands.ts';
import { hasPgBouncer, startPgBouncer, type PgBouncer } from '../../support/pgbouncer.ts';
import { createDatabase, databaseUrl, type TestDatabase } from '../../support/postgres.ts';
import { startServerProcess } from '../../support/server-process.ts';

describe.skipIf(!hasPgBouncer)('through PgBouncer', () => {
  let pooler: PgBouncer;
  let folder: string;
  let commands: Commands;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-commands-'));
    commands = await startCommands();
    pooler = await startPgBouncer(inject('postgresUrl'));
  });
  const databases: TestDatabase[] = [];
  afterAll(async () => {
    await commands.close();
    await pooler.stop();
    for (const database of databases) await database.drop();
    await rm(folder, { recursive: true });
  });

  /** An empty database, with the ways to it. */
  async function place() {
    const database = await createDatabase({ empty: true });
    databases.push(database);
    const name = new URL(database.directUrl).pathname.slice(1);
    const env = { DATABASE_URL: databaseUrl(pooler.url, name) };
    return { env, directly: { ...env, DATABASE_DIRECT_URL: database.directUrl } };
  }

  async function succeeds(args: string[], env: Record<string, string>): Promise<string> {
    const { code, stdout, stderr } = await commands.run(args, env);
    const said = stdout.toString();
    expect([args, code, stderr]).toEqual([args, 0, expect.any(String)]);
    return said;
  }

  test('what one server has saved is backed up, restored, read, packed and found well', async () => {
    const [from, to, beside] = [await place(), await place(), await place()];
    const server = await startServerProcess(from.env);
    const client = connectSaved(server, await createPiece(server, { content: 'Night buses.' }));
    await client.synced();
    client.body.insert(0, 'Do they pay? ');
    await client.allSaved();
    client.destroy();
    const file = path.join(folder, 'one.backup');
    expect(await succeeds(['backup', file], from.env)).toMatch(/: 1 pieces with \d+ journal rows/);
    const inUse = await commands.run(['restore', file], from.env);
    expect(inUse.stderr).toMatch(new RegExp(`in use \\(by process ${server.pid} on `));
    await server.terminate();

    for (const env of [to.env, beside.directly]) {
      // Its connections stay in the pooler, under their names.
      await succeeds(['migrate'], env);
      expect(await succeeds(['restore', file], env)).toMatch(/Every text is as it was/);
    }
    expect(await succeeds(['verify'], to.env)).toMatch(/1 of 1 pieces/);
    expect(await succeeds(['compact'], to.env)).toMatch(/Packed/);
    const found = await commands.run(['doctor'], { ...to.env, PORT: '0' });
    expect(found.stdout.toString()).toMatch(/^ok {7}The schema is up to date/m);
    expect(found.stdout.toString()).not.toMatch(/The database (cannot be reached|could not be)/);
  });
});
