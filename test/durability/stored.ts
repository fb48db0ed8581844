import { readFile } from 'node:fs/promises';
import path from 'node:path';
import postgres from 'postgres';
import * as Y from 'yjs';

/** What the database holds of a piece, read past the server. */
export interface Stored {
  /** Rebuilt from the journal alone. */
  readonly doc: Y.Doc;
  readonly body: string;
  /** The sequence number of each journal row, in order. */
  readonly seqs: readonly number[];
  /** The last sequence that was given. */
  readonly head: number;
  /** The sequence of the latest snapshot; null where there is none. */
  readonly snapshot: number | null;
}

/** A direct line to the database, for a look behind the server's back. */
export function openDirectly(url: string): postgres.Sql {
  return postgres(url, { max: 1, onnotice: () => undefined });
}

/** Whether it takes connections now. */
export async function answers(url: string): Promise<boolean> {
  const sql = openDirectly(url);
  try {
    await sql`select 1`;
    return true;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

export async function readStored(url: string, pieceId: string): Promise<Stored> {
  const sql = openDirectly(url);
  try {
    return await sql.begin('isolation level repeatable read', async (tx) => {
      const rows = await tx<{ seq: string; update: Uint8Array }[]>`
        select seq, update from journal where piece_id = ${pieceId} order by seq`;
      const [marks] = await tx<{ head: string; snapshot: string | null }[]>`
        select seq as head,
          (select max(seq) from snapshots where piece_id = ${pieceId}) as snapshot
        from journal_heads where piece_id = ${pieceId}`;
      const doc = new Y.Doc();
      for (const row of rows) Y.applyUpdate(doc, row.update);
      return {
        doc,
        body: doc.getText('body').toJSON(),
        seqs: rows.map((row) => Number(row.seq)),
        head: Number(marks!.head),
        snapshot: marks!.snapshot === null ? null : Number(marks!.snapshot),
      };
    });
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** The address of the embedded Postgres that a server runs in this folder. */
export async function embeddedUrl(dataDir: string): Promise<string> {
  const folder = path.join(dataDir, 'postgres');
  const password = (await readFile(path.join(folder, 'counterpoint-password'), 'utf8')).trim();
  const { port } = await postmaster(dataDir);
  return `postgres://counterpoint:${password}@127.0.0.1:${port}/postgres`;
}

/** The main process of the embedded Postgres in this folder, by its pid file. */
export async function postmaster(dataDir: string): Promise<{ pid: number; port: number }> {
  const text = await readFile(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8');
  const lines = text.split('\n');
  return { pid: Number(lines[0]), port: Number(lines[3]) };
}
