import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { openBus } from '../../server/bus/open.ts';
import { ServersTable } from '../../server/cluster/servers-table.ts';
import { connect } from '../../server/db/connect.ts';
import { createDatabase } from '../support/postgres.ts';
import { silentLog } from '../support/silent-log.ts';

test('C3 a server whose place was taken away, and that stands there anew without knowing, is told so', async () => {
  const database = await createDatabase();
  const bus = openBus({
    ...{ redisUrl: null, databaseUrl: database.url, embedded: true },
    ...{ namespace: randomUUID(), log: silentLog },
  });
  const open = () =>
    connect(database.url, { log: silentLog, name: 'test', max: 1, maxTransactions: 1 });
  const sql = open();
  const table = new ServersTable(open, bus, '0020_deploys.sql');
  try {
    const { since } = await table.enter();
    expect(await table.look([], since)).toMatchObject({ others: [] });
    // What it asked before it was taken away comes late.
    await sql`delete from servers`;
    await table.enter();
    expect(await table.look([], since)).toBeNull();
    expect(await table.look([], (await table.enter()).since)).toMatchObject({ others: [] });
  } finally {
    await table.leave();
    await table.close();
    await sql.end();
    await bus.close();
    await database.drop();
  }
});
