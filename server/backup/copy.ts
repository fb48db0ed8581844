/**
 * COPY through the driver, which for its part loses errors: a stream that has been ended never ends
 * where the database fails after the last byte (postgres 3.4.9). So the failure of the statement is
 * heard of beside the stream.
 *
 * In Postgres' text format: a row is a line, which can be counted, read by eye, and put into any
 * version of Postgres by hand. Rejected: the binary one, half as long before gzip and a tenth
 * shorter behind it.
 */
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Transaction } from '../db/connect.ts';
import { onFailure } from '../db/read-only.ts';

/** In which form values are written, and read again; for the transaction. */
export async function settleFormats(tx: Transaction): Promise<void> {
  await tx`
    select set_config('DateStyle', 'ISO, YMD', true), set_config('TimeZone', 'UTC', true),
      set_config('IntervalStyle', 'postgres', true), set_config('bytea_output', 'hex', true),
      set_config('extra_float_digits', '3', true)`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function target(table: string, columns: readonly string[]): string {
  return `${quoted(table)} (${columns.map(quoted).join(', ')})`;
}

/** The rows of a table in the order of its columns. */
export async function* copyOut(
  tx: Transaction,
  table: string,
  columns: readonly string[],
): AsyncGenerator<Buffer> {
  const query = tx.unsafe(`copy ${target(table, columns)} to stdout`);
  let stream: Readable | null = null;
  onFailure(query, (error) => stream?.destroy(error as Error));
  stream = await query.readable();
  let isWhole = false;
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
    isWhole = true;
  } finally {
    if (isWhole) {
      // Where its last bytes found the stream full, the driver has paused the socket, and resumes it
      // when more is asked for; a stream that has ended asks for nothing (postgres 3.4.9).
      stream._read(0);
    } else {
      // Nobody wants the rest. Were it not read, the transaction could not be ended either.
      stream.on('error', () => undefined);
      stream.resume();
      query.cancel();
    }
  }
}

/** Puts rows into a table. Resolves when Postgres has taken them all. */
export async function copyIn(
  tx: Transaction,
  table: string,
  columns: readonly string[],
  chunks: AsyncIterable<Buffer>,
): Promise<void> {
  const query = tx.unsafe(`copy ${target(table, columns)} from stdin`);
  const failed = new Promise<never>((_, reject) => onFailure(query, reject));
  failed.catch(() => undefined);
  const stream = await query.writable();
  await Promise.race([pipeline(chunks, stream), failed]);
}
