import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openBus } from '../../server/bus/open.ts';
import { ServersTable } from '../../server/cluster/servers-table.ts';
import { connect } from '../../server/db/connect.ts';
import { createDatabase } from '../support/postgres.ts';
import { silentLog } from '../support/silent-log.ts';

/** Longer than the database may take to answer a look, in ms. */
const busyMs = 2_200;

test('C3 a server that was busy itself, longer than the database may be silent, reads the answer and keeps its connection', async () => {
  const database = await createDatabase();
  const bus = openBus({
    ...{ redisUrl: null, databaseUrl: database.url, embedded: true },
    ...{ namespace: randomUUID(), log: silentLog },
  });
  let opened = 0;
  const table = new ServersTable(
    () => {
      opened++;
      return connect(database.url, { log: silentLog, name: 'test', max: 1, maxTransactions: 1 });
    },
    bus,
    '0020_deploys.sql',
  );
  try {
    const { since } = await table.enter();
    // The first one takes two round trips, since the statement is planned.
    await table.look([], since);
    const looked = table.look([], since);
    // The question goes out.
    for (let i = 0; i < 5; i++) await turn();
    const until = performance.now() + busyMs;
    while (performance.now() < until);
    expect(await looked).toMatchObject({ others: [] });
    expect(opened).toBe(1);
  } finally {
    await table.leave();
    await table.close();
    await bus.close();
    await database.drop();
  }
});
