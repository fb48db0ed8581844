import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { leastPool, shareOut, usualPool } from '../../../server/db/opening/pool-shares.ts';
import { connectSaved, createPiece } from '../../support/clients.ts';
import { createDatabase } from '../../support/postgres.ts';
import { startRunningServer } from '../../support/running-server.ts';
import { adminToken } from '../../support/server-process.ts';

/** Threads with connections of their own, and the connections of journal and bus. */
const [threads, fixed] = [6, 5];

test('the shares of any pool are one at least, and are the pool in all', () => {
  for (let total = leastPool; total < 300; total += 1) {
    const { statements, transactions, ofThread, transactionsOfThread } = shareOut(total);
    expect(Math.min(statements, transactions, ofThread)).toBeGreaterThan(0);
    const sum = fixed + statements + transactions + threads * (ofThread + transactionsOfThread);
    expect(sum, `DATABASE_POOL=${total}`).toBe(total);
  }
  expect(shareOut(usualPool)).toMatchObject({ statements: 10, transactions: 5, ofThread: 2 });
});

const long = Array.from({ length: 50_000 }, (_, n) => n).join(' ');

test.for([leastPool, 17, 24])(
  'a server of DATABASE_POOL=%s opens no more connections, whatever is asked of it at once',
  async (most) => {
    const database = await createDatabase();
    onTestFinished(() => database.drop());
    // Past a pooler, which has connections of its own: counted is what the server opens.
    const address = { DATABASE_URL: database.directUrl };
    const server = await startRunningServer({ DATABASE_POOL: String(most), ...address });
    onTestFinished(() => server.stop());
    const sql = postgres(database.directUrl, { max: 1, onnotice: () => undefined });
    onTestFinished(() => sql.end());
    const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };
    const ask = (path: string, body?: unknown) =>
      fetch(`${server.url}${path}`, {
        headers,
        ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      });
    const ids = await Promise.all(Array.from({ length: 8 }, () => createPiece(server)));
    const clients = ids.map((id) => connectSaved(server, id));
    onTestFinished(() => clients.forEach((client) => client.destroy()));
    await Promise.all(clients.map((client) => client.synced()));
    // Longer than one statement takes, once: it goes in parts, and is read so.
    for (const [n, { body }] of clients.entries()) body.insert(0, n === 0 ? long : 'Short.');
    const all = Promise.all(
      ids.flatMap((id) => [
        ask(`/api/pieces/${id}/history`),
        ask(`/api/pieces/${id}/export`),
        ask(`/api/pieces/${id}/attribution`),
        ask(`/api/pieces/${id}/versions`, { name: 'x' }),
        ask('/api/pieces', { title: 'Another' }),
      ]),
    );
    let seen = 0;
    let done = false;
    const watch = (async () => {
      while (!done) {
        const [row] = await sql<{ count: number }[]>`
          select count(*)::int as count from pg_stat_activity
          where datname = current_database() and backend_type = 'client backend'
            and pid <> pg_backend_pid()`;
        seen = Math.max(seen, row?.count ?? 0);
        // What is opened stays open: nothing is missed between two looks.
        await sleep(20);
      }
    })();
    const answers = await all;
    await Promise.all(clients.map((client) => client.allSaved()));
    done = true;
    await watch;
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect(seen).toBeGreaterThan(3);
    expect(seen).toBeLessThanOrEqual(most);
  },
);
