import * as Y from 'yjs';
import { applyStored } from '../../shared/document/new-document.ts';
import { hasWaiting } from '../collab/apply.ts';
import { withWaiting } from '../collab/writing/waiting.ts';
import type { Sql, Transaction } from '../db/connect.ts';
import { isWhole } from '../history/pack.ts';
import { readRows } from '../history/read-rows.ts';
import type { PackedRows } from '../history/rows.ts';
import { contentOf, textDigest } from './text-digest.ts';

/** What `verify` found of one piece. */
export interface PieceReport {
  readonly pieceId: string;
  /** Rows in its journal, those that are packed counted one by one. */
  readonly rows: number;
  /** Letters and marks that were ever written in it, and those of them that have been deleted. */
  readonly written: number;
  readonly deleted: number;
  /** The document waits for updates that its authors have never sent; no fault of the journal. */
  readonly incomplete: boolean;
  /** What it reads, rebuilt from the journal alone: `textDigest`. */
  readonly digest: string;
  /** One sentence each; none: the piece can be rebuilt from its journal alone, and is the same. */
  readonly problems: readonly string[];
}

export interface VerifyOptions {
  /** Only these; all where not given, deleted ones too. */
  readonly pieceIds?: readonly string[];
}

/** How many pieces there are to verify, for showing progress. */
export async function countPieces(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select count(*) from pieces`;
  return row?.count ?? 0;
}

/**
 * Rebuilds each piece from its journal alone and compares that with how it would be opened, from
 * its snapshot and the rows after it (D1, D6). Pieces may be edited meanwhile: each is read at one
 * moment.
 */
export async function* verifyPieces(
  sql: Sql,
  options: VerifyOptions = {},
): AsyncGenerator<PieceReport> {
  for await (const pieceId of options.pieceIds ?? allPieces(sql)) {
    yield await sql.begin('isolation level repeatable read read only', (tx) =>
      verifyPiece(tx, pieceId),
    );
  }
}

async function* allPieces(sql: Sql): AsyncGenerator<string> {
  for (let last = '00000000-0000-0000-0000-000000000000'; ;) {
    const page = await sql<{ id: string }[]>`
      select id from pieces where id > ${last} order by id limit 500`;
    for (const { id } of page) {
      yield id;
      last = id;
    }
    if (page.length === 0) return;
  }
}

async function verifyPiece(tx: Transaction, pieceId: string): Promise<PieceReport> {
  const [head] = await tx<{ seq: number }[]>`
    select seq from journal_heads where piece_id = ${pieceId}`;
  const [snapshot] = await tx<{ seq: number; state: Uint8Array }[]>`
    select seq, state from snapshots where piece_id = ${pieceId} order by seq desc limit 1`;
  const problems: string[] = [];
  const [rebuilt, opened] = [new Y.Doc(), new Y.Doc()];
  if (snapshot !== undefined) apply(opened, snapshot.state, 'The snapshot', problems);
  let last = 0;
  for await (const stored of readRows(tx, pieceId)) {
    const { first, seq, update } =
      'row' in stored ? { first: stored.row.seq, ...stored.row } : asRow(stored.packed);
    const what = first === seq ? `Row ${seq}` : `Rows ${first} to ${seq}`;
    if (first !== last + 1) problems.push(`Row ${last + 1} is missing: next is ${first}`);
    last = seq;
    if ('packed' in stored) problems.push(...packProblems(stored.packed, what));
    apply(rebuilt, update, what, problems);
    if (seq > (snapshot?.seq ?? 0)) apply(opened, update, what, []);
  }
  if (head === undefined) problems.push('It has no row in journal_heads');
  else if (head.seq !== last) problems.push(`The journal ends at ${last}, not at ${head.seq}`);
  if (snapshot !== undefined && snapshot.seq > last) {
    problems.push(`The snapshot holds ${snapshot.seq} rows, the journal ${last}`);
  }
  problems.push(...differences(rebuilt, opened));
  const [incomplete, digest] = [hasWaiting(rebuilt), textDigest(rebuilt)];
  return { pieceId, rows: last, ...tombstones(rebuilt), incomplete, digest, problems };
}

const asRow = ({ first, last, update }: PackedRows) => ({ first, seq: last, update });

/** What is deleted stays in a document as a mark, by which others' edits find their place. */
function tombstones(doc: Y.Doc): { written: number; deleted: number } {
  let [written, deleted] = [0, 0];
  for (const structs of doc.store.clients.values()) {
    for (const struct of structs) {
      written += struct.length;
      if (struct.deleted) deleted += struct.length;
    }
  }
  return { written, deleted };
}

/** A pack must still give back each of its rows as it was. */
function packProblems(packed: PackedRows, what: string): string[] {
  try {
    return isWhole(packed) ? [] : [`${what} are not what was packed`];
  } catch (error) {
    return [`${what} cannot be unpacked: ${String(error)}`];
  }
}

function apply(doc: Y.Doc, update: Uint8Array, what: string, problems: string[]): void {
  try {
    // What waits for edits that nobody has sent is set aside: Yjs would read it anew with each row.
    const clients = new Set(Y.decodeUpdate(update).structs.map(({ id }) => id.client));
    withWaiting(doc, clients, () => applyStored(doc, [update]));
  } catch (error) {
    problems.push(`${what} cannot be applied: ${String(error)}`);
  }
}

function differences(rebuilt: Y.Doc, opened: Y.Doc): string[] {
  const found: string[] = [];
  if (!Y.equalSnapshots(Y.snapshot(rebuilt), Y.snapshot(opened))) {
    found.push('Snapshot and journal hold different edits');
  }
  for (const name of new Set([...rebuilt.share.keys(), ...opened.share.keys()])) {
    if (contentOf(rebuilt, name) !== contentOf(opened, name)) {
      found.push(`Snapshot and journal differ in "${name}"`);
    }
  }
  return found;
}
