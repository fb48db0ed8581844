/**
 * Long values on their way to Postgres and back, in parts (B1). The driver speaks hex, and a value as
 * one parameter or one column of a row is written out or read in one turn of the event loop: 16 MB took
 * it 200 ms. A part takes 2 ms, and between two of them is an answer of the database.
 *
 * Rejected: COPY, which needs no hex. The driver's stream never ends where the database fails after the
 * last byte, and then a commit would be waited for that never comes (postgres 3.4.9).
 */
import type { Fragment } from 'postgres';
import { v7 as newId } from 'uuid';
import type { Queryable, Sql, Transaction } from './client.ts';

/** In bytes; what is longer in all goes in parts of this length. */
export const partBytes = 256 * 1024;

/** Whether these are too many bytes for one statement. */
export function tooLong(values: readonly Uint8Array[]): boolean {
  let bytes = 0;
  for (const value of values) bytes += value.length;
  return bytes > partBytes;
}

/**
 * Stores values for a statement later in the same transaction, which takes them out with `taken`.
 * @returns the id of the batch, in which the values are numbered from 1
 */
export async function putParts(tx: Queryable, values: readonly Uint8Array[]): Promise<string> {
  const batch = newId();
  let ords: number[] = [];
  let parts: number[] = [];
  let hex: string[] = [];
  let bytes = 0;
  const put = async () => {
    if (ords.length === 0) return;
    const given = [batch, `{${ords.join()}}`, `{${parts.join()}}`, `{${hex.join()}}`];
    [ords, parts, hex, bytes] = [[], [], [], 0];
    await tx.unsafe(insert, given, { prepare: true });
  };
  for (const [index, value] of values.entries()) {
    // One part at least, or an empty value would not be there.
    for (let from = 0, part = 0; from < value.length || part === 0; part++) {
      const to = Math.min(value.length, from + partBytes - bytes);
      const view = Buffer.from(value.buffer, value.byteOffset + from, to - from);
      ords.push(index + 1);
      parts.push(part);
      hex.push(`"\\\\x${view.toString('hex')}"`);
      bytes += to - from;
      from = to;
      if (bytes >= partBytes) await put();
    }
  }
  await put();
  return batch;
}

// As text, which goes through the driver untouched (journal-store.ts).
const insert = `
  insert into large_parts (batch, ord, part, bytes)
  select $1::text::uuid, entry.ord, entry.part, entry.bytes
  from unnest($2::text::int[], $3::text::int[], $4::text::bytea[]) as entry (ord, part, bytes)`;

/** CTEs for the start of a statement: `whole (ord, bytes)` are the values of a batch, taken out. */
export const taken = (batch: string) => `
  parts as (
    delete from large_parts where batch = ${batch}::text::uuid returning ord, part, bytes
  ),
  whole as materialized (
    select ord, string_agg(bytes, ''::bytea order by part) as bytes from parts group by ord
  )`;

/**
 * Runs a statement with one value, which may be long: in a transaction then, after its parts.
 * @param run - `given`: CTEs for the start of it, of which `given` has the value in its column `bytes`
 */
export async function withLongValue<T>(
  sql: Queryable,
  value: Uint8Array,
  run: (given: Fragment, sql: Queryable) => Promise<T>,
): Promise<T> {
  if (!tooLong([value])) return run(sql`given as (select ${value}::bytea as bytes)`, sql);
  return inTransaction(sql, '', async (tx) => {
    const batch = await putParts(tx, [value]);
    const given = tx`
      parts as (delete from large_parts where batch = ${batch} returning part, bytes),
      given as materialized (select string_agg(bytes, ''::bytea order by part) as bytes from parts)`;
    return run(given, tx);
  });
}

/**
 * Reads a value of so many bytes in parts.
 * @param query - gives rows with a column `part`, out of the function `parts_of`
 */
export async function readParts(
  query: { cursor(rows: number): AsyncIterable<readonly { readonly part: Uint8Array }[]> },
  bytes: number,
): Promise<Uint8Array> {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for await (const rows of query.cursor(1)) {
    for (const { part } of rows) {
      whole.set(part, at);
      at += part.length;
    }
  }
  if (at !== bytes) throw new RangeError(`${at} bytes were read of a value of ${bytes}`);
  return whole;
}

/** Runs `work` in a transaction: in that of `sql` where it is one, or else in one of its own. */
export function inTransaction<T>(
  sql: Queryable,
  how: string,
  work: (tx: Queryable) => Promise<T>,
): Promise<T> {
  return isPool(sql)
    ? (sql.begin(how, work as (tx: Transaction) => Promise<T>) as Promise<T>)
    : work(sql);
}

function isPool(sql: Queryable): sql is Sql {
  return 'begin' in sql;
}
