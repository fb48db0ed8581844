import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { BackupError } from './backup-error.ts';

/** Longest entry, in bytes: tar names a length before the bytes, and how long a table is nobody knows. */
const partBytes = 4 * 1024 * 1024;

/** What was written under one name. */
export interface Written {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Writes a gzipped tar, in bounded memory: what is longer than a part becomes several entries,
 * `<name>/000001` and so on. `tar -x` and `cat` put it together again.
 */
export class ArchiveWriter {
  readonly #pack = pack();
  readonly #mtime: Date;
  readonly #done: Promise<void>;
  /** Of the sink: what the packer says of it afterwards is no reason. */
  #failure: BackupError | null = null;

  /** @param sink - is ended with the archive */
  constructor(sink: Writable, moment: Date) {
    this.#mtime = moment;
    // pipeline() tells of it, and stops listening: what gzip still held fails once more.
    sink.on('error', () => undefined);
    this.#done = pipeline(this.#pack, createGzip(), sink);
    this.#done.catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      const line = `The backup cannot be written: ${reason}`;
      this.#failure = new BackupError(line, { cause: error });
    });
  }

  /**
   * Writes lines, each of which is a row.
   * @param onRows - told of how many there are by now, with each part
   */
  async lines(
    name: string,
    chunks: AsyncIterable<Buffer>,
    onRows: (rows: number) => void = () => undefined,
  ): Promise<Written> {
    const hash = createHash('sha256');
    let [rows, bytes, part] = [0, 0, 0];
    let held: Buffer[] = [];
    let heldBytes = 0;
    const flush = async () => {
      if (heldBytes === 0) return;
      part += 1;
      await this.entry(`${name}/${String(part).padStart(6, '0')}`, Buffer.concat(held));
      [held, heldBytes] = [[], 0];
      onRows(rows);
    };
    for await (const chunk of chunks) {
      hash.update(chunk);
      rows += linesIn(chunk);
      bytes += chunk.length;
      held.push(chunk);
      heldBytes += chunk.length;
      if (heldBytes >= partBytes) await flush();
    }
    await flush();
    return { rows, bytes, sha256: hash.digest('hex') };
  }

  /** Resolves when there is room for the next. */
  async entry(name: string, bytes: Buffer): Promise<void> {
    const header = { name, size: bytes.length, mode: 0o600, mtime: this.#mtime };
    try {
      const written = new Promise<void>((resolve, reject) => {
        const entry = this.#pack.entry(header, (error) => (error ? reject(error) : resolve()));
        entry.on('error', reject);
        entry.end(bytes);
      });
      // Where the disk is full, the entry would wait for ever.
      await Promise.race([written, this.#done]);
    } catch (error) {
      throw this.#failure ?? error;
    }
  }

  /** Resolves when the sink has everything. */
  async finish(): Promise<void> {
    this.#pack.finalize();
    await this.#done.catch((error: unknown) => {
      throw this.#failure ?? error;
    });
  }

  /** Gives it up. */
  async abort(): Promise<void> {
    this.#pack.destroy();
    await this.#done.catch(() => undefined);
  }
}

/** Within a row, COPY and JSON write a line break as an escape. */
function linesIn(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) count += 1;
  return count;
}
