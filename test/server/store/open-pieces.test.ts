import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpenPieces } from '../../../server/collab/ports.ts';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { createOpenPieces } from '../../../server/store/open-pieces.ts';
import { NotedPieces } from '../../support/open-pieces.ts';
import { makePiece } from '../../support/pieces.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { silentLog } from '../../support/silent-log.ts';

let database: TestDatabase;
let sql: Sql;
beforeAll(async () => {
  database = await createDatabase();
  sql = connect(database.url, { log: silentLog, name: 'test' });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

const forgetMs = 600_000;

describe.each([
  ['in Postgres', () => () => createOpenPieces(sql)],
  [
    'in memory',
    () => {
      const noted = new NotedPieces();
      return () => noted.of(randomUUID());
    },
  ],
])('P2 notes of open pieces %s', (_where, database) => {
  test('one that a server left is found by the next, also a second time, until it is old', async () => {
    const server = database();
    const pieceId = await makePiece(sql);
    const [first, second, third]: OpenPieces[] = [server(), server(), server()];
    expect(await first!.opened({ pieceId, opening: 1 })).toBeNull();
    expect(await second!.opened({ pieceId, opening: 1 })).toBeGreaterThanOrEqual(0);
    await second!.closed({ pieceId, opening: 1, forgetMs });
    // The first has crashed a moment ago, and clients are yet to come.
    expect(await second!.opened({ pieceId, opening: 2 })).toBeGreaterThanOrEqual(0);
    await second!.closed({ pieceId, opening: 2, forgetMs: -1 });
    expect(await third!.opened({ pieceId, opening: 1 })).toBeNull();
  });

  test('its own are no crash, and one that ends late ends no later opening', async () => {
    const server = database();
    const pieceId = await makePiece(sql);
    const [one, next] = [server(), server()];
    expect(await one.opened({ pieceId, opening: 7 })).toBeNull();
    expect(await one.opened({ pieceId, opening: 8 })).toBeNull();
    await one.closed({ pieceId, opening: 7, forgetMs });
    expect(await next.opened({ pieceId, opening: 1 })).not.toBeNull();
  });
});

test('P2 a crash after a crash is found anew', async () => {
  const pieceId = await makePiece(sql);
  const servers = [1, 2, 3].map(() => createOpenPieces(sql));
  await servers[0]!.opened({ pieceId, opening: 1 });
  await servers[1]!.opened({ pieceId, opening: 1 });
  await sql`update open_pieces set found_at = now() - interval '9 minutes' where found_at is not null`;
  expect(await servers[2]!.opened({ pieceId, opening: 1 })).toBeLessThan(60_000);
});

test('P2 openings that come at once are noted together, each with what is found of its piece', async () => {
  const pieces = await Promise.all(Array.from({ length: 30 }, () => makePiece(sql)));
  const [dead, alive] = [createOpenPieces(sql), createOpenPieces(sql)];
  await Promise.all(pieces.slice(0, 10).map((pieceId) => dead.opened({ pieceId, opening: 1 })));
  const found = await Promise.all(
    pieces.map((pieceId, i) => alive.opened({ pieceId, opening: i + 1 })),
  );
  expect(found.map((msAgo) => msAgo !== null)).toEqual(pieces.map((_, i) => i < 10));
  await Promise.all(
    pieces.map((pieceId, i) => alive.closed({ pieceId, opening: i + 1, forgetMs: -1 })),
  );
  expect(await sql`select from open_pieces where piece_id = any(${pieces})`).toHaveLength(0);
});

test('P2 a piece that is unknown or deleted is not noted; one that is gone takes its note along', async () => {
  const pieces = createOpenPieces(sql);
  const unknown = randomUUID();
  expect(await pieces.opened({ pieceId: unknown, opening: 1 })).toBeNull();
  const gone = await makePiece(sql);
  await sql`update pieces set deleted_at = now() where id = ${gone}`;
  expect(await pieces.opened({ pieceId: gone, opening: 2 })).toBeNull();
  expect(await sql`select from open_pieces where piece_id in (${unknown}, ${gone})`).toEqual([]);
});
