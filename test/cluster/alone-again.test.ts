import postgres from 'postgres';
import * as Y from 'yjs';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { newDocument } from '../../shared/document/index.ts';
import { connect, createPiece, type StockClient } from '../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../support/people.ts';
import { startRunningServers, type TestRunningServers } from '../support/running-server.ts';
import { until } from '../support/until.ts';

let servers: TestRunningServers;
let here = { url: '' };
let own: TestPerson;
let sql: postgres.Sql;

beforeAll(async () => {
  servers = await startRunningServers(1);
  here = { url: servers.urls[0]! };
  own = await createPerson(here, 'Owner');
  sql = postgres(servers.databaseUrl, { max: 3, onnotice: () => undefined });
});
afterAll(async () => {
  await sql.end();
  await servers.stop();
});

/** Another server, as the table of servers shows it, with which the one here reckons. It says nothing. */
async function standsBeside(): Promise<{ leave(tx: postgres.TransactionSql): Promise<unknown> }> {
  const id = crypto.randomUUID();
  await sql`insert into servers (id, host, pid) values (${id}, 'elsewhere', 1)`;
  const lives = setInterval(() => {
    sql`update servers set seen_at = clock_timestamp(),
      knows = array(select other.id from servers other where other.id <> ${id}) where id = ${id}`.catch(
      () => undefined,
    );
  }, 200);
  onTestFinished(() => clearInterval(lives));
  await until('it is known', async () => {
    const rows = await sql`select from servers where ${id} = any(knows)`;
    return rows.length > 0;
  });
  return {
    leave: (tx) => {
      clearInterval(lives);
      return tx`delete from servers where id = ${id}`;
    },
  };
}

const change = (doc: Y.Doc) => {
  doc.getText('body').delete(0, 3);
  doc.getText('body').insert(0, 'Eins');
};

/** Commits an edit as another server does, and tells nobody. */
async function commit(tx: postgres.TransactionSql, pieceId: string): Promise<void> {
  const rows = await tx<{ update: Uint8Array }[]>`
    select update from journal where piece_id = ${pieceId} order by seq`;
  const doc = newDocument();
  for (const { update } of rows) Y.applyUpdate(doc, update);
  const before = Y.encodeStateVector(doc);
  doc.transact(() => change(doc));
  const update = Buffer.from(Y.encodeStateAsUpdate(doc, before));
  const [head] = await tx<{ seq: string }[]>`
    update journal_heads set seq = seq + 1 where piece_id = ${pieceId} returning seq`;
  await tx`
    insert into journal (piece_id, seq, author, at, update)
    values (${pieceId}, ${head!.seq}, null, now(), ${update})`;
}

const call = (method: string, path: string, more: { body?: object; etag?: string } = {}) =>
  fetch(`${here.url}/api${path}`, {
    method,
    headers: {
      authorization: `Bearer ${own.token}`,
      ...(more.etag !== undefined && { 'if-match': more.etag }),
      ...(more.body && { 'content-type': 'application/json' }),
    },
    ...(more.body && { body: JSON.stringify(more.body) }),
  });

async function openPiece(): Promise<{ pieceId: string; etag: string; client: StockClient }> {
  const pieceId = await createPiece(here, { content: 'One.\n', format: 'text' });
  await addMember(here, pieceId, own, 'owner');
  const client = connect(here, pieceId, { token: own.token });
  onTestFinished(() => client.destroy());
  await client.synced();
  const { headers } = await call('GET', `/pieces/${pieceId}`);
  return { pieceId, etag: headers.get('etag')!, client };
}

test('C2 A1 what another server has committed last is here soon after it has gone, and nothing is made for the text before it', async () => {
  for (const asksAtOnce of [true, false]) {
    const other = await standsBeside();
    const { pieceId, etag, client } = await openPiece();
    await sql.begin(async (tx) => {
      await commit(tx, pieceId);
      await other.leave(tx);
    });
    // Some moment between that and the next look at the journal.
    if (!asksAtOnce) await until('it is here', () => client.body.toJSON() === 'Eins.\n');
    const body = { content: 'Uno.', format: 'text' };
    const put = await call('PUT', `/pieces/${pieceId}/content`, { etag, body });
    expect(put.status).toBe(412);
    await until('it is here', () => client.body.toJSON() === 'Eins.\n');
    const { headers } = await call('GET', `/pieces/${pieceId}`);
    const again = await call('PUT', `/pieces/${pieceId}/content`, {
      etag: headers.get('etag')!,
      body,
    });
    expect(again.status).toBe(200);
    await until('it is put', () => client.body.toJSON() === 'Uno.\n');
  }
});

test('C2 the same where the journal could not be read when it went', async () => {
  const other = await standsBeside();
  const { pieceId, etag, client } = await openPiece();
  await sql.begin(async (tx) => {
    await commit(tx, pieceId);
    await other.leave(tx);
    // Whoever reads the heads waits for it, and is told that there is none.
    await tx`alter table journal_heads rename to journal_heads_away`;
  });
  await until('it is told', () =>
    servers.warnings.some((line) => line.includes('cannot look at the other servers yet')),
  );
  await sql`alter table journal_heads_away rename to journal_heads`;
  const body = { content: 'Uno.', format: 'text' };
  expect((await call('PUT', `/pieces/${pieceId}/content`, { etag, body })).status).toBe(412);
  await until('it is here', () => client.body.toJSON() === 'Eins.\n');
});
