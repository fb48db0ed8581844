import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { manifestName, manifestShape, type Manifest } from './manifest.ts';
import { BackupError } from './backup-error.ts';

/** A manifest of 64 MiB would be of a hundred thousand tables. */
const maxManifestBytes = 64 * 1024 * 1024;

/** An entry of the tar; its bytes have to be read before the next one comes. */
type Entry = AsyncIterable<unknown> & { readonly header: Header };

/** The bytes that were written under one name, in order; all of them have to be read. */
export interface Section {
  readonly name: string;
  readonly chunks: AsyncIterable<Buffer>;
}

/**
 * Reads an archive from its beginning to its end, and gives each name to `visit` once; then the
 * manifest. Whether the bytes are what the manifest says is for the caller to compare.
 *
 * @throws BackupError where it is no archive of ours, or not whole
 */
export async function readArchive(
  file: FileHandle,
  visit: (section: Section) => Promise<void>,
): Promise<Manifest> {
  const entries = extract();
  // The same handle is read twice, so that what is checked is what is restored.
  const source = bytesOf(file);
  const fed = pipeline(source, createGunzip(), entries);
  fed.catch(() => undefined);
  try {
    const manifest = await visitAll(entries, visit);
    await fed.catch(damaged);
    return manifest;
  } catch (error) {
    entries.destroy();
    await fed.catch(() => undefined);
    throw error;
  }
}

/** What gzip, tar and JSON have to say is the operator's only for its gist. */
function damaged(cause: unknown): never {
  if (cause instanceof BackupError) throw cause;
  const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
  throw new BackupError(`It is damaged, or no whole backup of Counterpoint (${reason})`, { cause });
}

const chunkBytes = 256 * 1024;

/** From the beginning. A stream of Node's own would close the file at its end. */
async function* bytesOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ;) {
    const { buffer, bytesRead } = await file.read(
      Buffer.allocUnsafe(chunkBytes),
      0,
      chunkBytes,
      at,
    );
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

async function visitAll(
  entries: AsyncIterable<Entry>,
  visit: (section: Section) => Promise<void>,
): Promise<Manifest> {
  const iterator = entries[Symbol.asyncIterator]();
  const advance = () => iterator.next().catch(damaged);
  let next = await advance();
  while (!next.done && next.value.header.name !== manifestName) {
    const name = sectionOf(next.value.header.name);
    let part = 0;
    async function* chunks() {
      while (!next.done && sectionOf(next.value.header.name) === name) {
        part += 1;
        const wanted = `${name}/${String(part).padStart(6, '0')}`;
        if (next.value.header.name !== wanted) throw new BackupError(`It is without ${wanted}`);
        yield* readable(next.value);
        next = await advance();
      }
    }
    await visit({ name, chunks: chunks() });
  }
  if (next.done) throw new BackupError('It is not a whole backup of Counterpoint: it has no end');
  const manifest = await readManifest(next.value);
  if (!(await advance()).done) throw new BackupError('It goes on behind its end');
  return manifest;
}

/** The failure of whoever reads is not taken for that of the bytes. */
async function* readable(entry: Entry): AsyncGenerator<Buffer> {
  const chunks = entry[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next().catch(damaged);
    if (next.done) return;
    yield next.value as Buffer;
  }
}

function sectionOf(name: string): string {
  if (name === manifestName) return name;
  const section = /^(.+)\/\d{6}$/.exec(name)?.[1];
  if (section === undefined) throw new BackupError(`It holds ${name}, which no backup does`);
  return section;
}

async function readManifest(entry: Entry): Promise<Manifest> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of readable(entry)) {
    bytes += part.length;
    if (bytes > maxManifestBytes) throw new BackupError('Its manifest is too long');
    parts.push(part);
  }
  const json = parse(Buffer.concat(parts).toString());
  const format = (json as { format?: unknown } | null)?.format;
  const read = manifestShape.safeParse(json);
  if (read.success) return read.data;
  throw new BackupError(
    typeof format === 'number' && format > 1
      ? `It was written by a newer Counterpoint (format ${format}): restore it with that version`
      : 'Its manifest cannot be read',
    { cause: read.error },
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    return damaged(cause);
  }
}

/** Counts and hashes what is read past. */
export class Checked {
  readonly #hash = createHash('sha256');
  rows = 0;
  bytes = 0;

  async *of(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.#hash.update(chunk);
      this.bytes += chunk.length;
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) this.rows += 1;
      yield chunk;
    }
  }

  /** To be called once. */
  matches(wanted: { readonly rows: number; readonly bytes: number; readonly sha256: string }) {
    const sha256 = this.#hash.digest('hex');
    return this.rows === wanted.rows && this.bytes === wanted.bytes && sha256 === wanted.sha256;
  }
}
