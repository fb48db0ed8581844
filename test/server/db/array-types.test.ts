import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { silentLog } from '../../support/silent-log.ts';

let database: TestDatabase;
let sql: Sql;
beforeAll(async () => {
  database = await createDatabase({ empty: true });
  sql = connect(database.url, { log: silentLog, name: 'test', max: 2 });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

// Postgres holds no NUL, and no half of a surrogate pair.
const text = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', 'NULL', '{}', '"', '\\', ',', ' a '))
  .map((value) => value.replaceAll('\0', ''));
const orNull = <T>(value: fc.Arbitrary<T>) => fc.array(fc.option(value), { maxLength: 6 });
const whole = fc.integer({ min: -2_000_000_000, max: 2_000_000_000 });

const kinds = {
  text: orNull(text),
  int4: orNull(whole),
  int8: orNull(fc.maxSafeInteger()),
  float8: orNull(fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0)),
  uuid: orNull(fc.uuid()),
};

test.for(Object.entries(kinds))(
  'arrays of %s come back as they went in',
  async ([type, values]) => {
    await fc.assert(
      fc.asyncProperty(values as fc.Arbitrary<unknown[]>, async (given) => {
        const [row] = await sql<{ given: unknown[] }[]>`
        select ${given}::${sql.unsafe(type)}[] as given`;
        expect(row?.given).toEqual(given);
      }),
      { numRuns: 60 },
    );
  },
);

test('arrays of times, truth and bytes are read as such', async () => {
  const [row] = await sql`
    select array['2026-01-02T03:04:05Z'::timestamptz, null] as times, array[true, false] as truths,
      array['\\x00ff'::bytea] as bytes, array[array[1, 2], array[3, 4]] as nested,
      array['{"a": [1, "}"]}'::jsonb] as json, '[0:1]={5,6}'::int[] as shifted`;
  expect(row).toEqual({
    times: [new Date('2026-01-02T03:04:05Z'), null],
    truths: [true, false],
    bytes: [Buffer.from([0, 255])],
    nested: [
      [1, 2],
      [3, 4],
    ],
    json: [{ a: [1, '}'] }],
    shifted: [5, 6],
  });
});
