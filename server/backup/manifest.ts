import { z } from 'zod';

/** Of the container; see docs/operating.md. A reader refuses another. */
export const formatVersion = 1;
/** The last entry of the archive: without it, a backup is not whole. */
export const manifestName = 'manifest.json';

const count = z.number().int().min(0);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** What was written under one name: rows in Postgres' text format of COPY, a line each. */
const tableShape = z.object({
  name: z.string(),
  columns: z.array(z.string()),
  rows: count,
  bytes: count,
  /** SHA-256 over all of its parts, one after the other. */
  sha256: hash,
});

const sequenceShape = z.object({
  name: z.string(),
  /** As text: it may be larger than a number holds. */
  value: z.string().regex(/^-?\d+$/),
  called: z.boolean(),
});

export const manifestShape = z.object({
  format: z.literal(formatVersion),
  /** The version of Counterpoint that wrote it. */
  version: z.string(),
  /** All that was committed before is in it, and nothing that was after. */
  moment: z.iso.datetime(),
  /** The schema, as the migrations that made it. */
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })),
  tables: z.array(tableShape),
  sequences: z.array(sequenceShape),
  people: count,
  /** Of all pieces: keystrokes, so to speak; packed rows count as those that they hold. */
  journalRows: count,
  /** A line for each piece: its id, its last journal row, and a SHA-256 of what it reads. */
  texts: z.object({ rows: count, bytes: count, sha256: hash }),
});

export type Manifest = z.infer<typeof manifestShape>;
export type BackedUpTable = z.infer<typeof tableShape>;

/** A piece as it was at the moment of the backup. */
export interface PieceText {
  readonly id: string;
  /** Its last journal row. */
  readonly seq: number;
  /** Of `textDigest`. */
  readonly digest: string;
}

export function textLine({ id, seq, digest }: PieceText): string {
  return `${id} ${seq} ${digest}\n`;
}

const textShape = z.tuple([z.uuid(), z.coerce.number().int(), hash]);

export function readTextLine(line: string): PieceText {
  const [id, seq, digest] = textShape.parse(line.split(' '));
  return { id, seq, digest };
}
