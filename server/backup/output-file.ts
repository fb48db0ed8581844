import { randomBytes } from 'node:crypto';
import { link, open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Writable } from 'node:stream';
import { BackupError } from './backup-error.ts';

/**
 * Writes a file that is there when it is whole, and never before: under a name of its own beside it,
 * then synced, then given its name. For its owner alone (0600): it holds password hashes and sessions.
 *
 * @param write - ends the stream
 * @throws BackupError where there is such a file already, or it cannot be written
 */
export async function writeWholeFile<T>(
  file: string,
  write: (sink: Writable) => Promise<T>,
): Promise<T> {
  const unfinished = `${file}.${randomBytes(4).toString('hex')}.unfinished`;
  const handle = await openNew(unfinished, file);
  try {
    const written = await write(into(handle));
    await handle.sync();
    await handle.close();
    // Unlike a rename, a link does not replace what has come there meanwhile.
    await link(unfinished, file).catch((cause: unknown) => {
      throw (cause as NodeJS.ErrnoException).code === 'EEXIST' ? taken(file, cause) : cause;
    });
    return written;
  } finally {
    await handle.close().catch(() => undefined);
    await rm(unfinished, { force: true });
    await syncFolder(path.dirname(file));
  }
}

/** A stream of Node's own would close the file with it, before it is synced. */
function into(handle: FileHandle): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      handle.writeFile(chunk).then(() => done(), done);
    },
  });
}

async function openNew(unfinished: string, file: string): Promise<FileHandle> {
  const there = await open(file, 'r').catch(() => null);
  await there?.close();
  if (there !== null) throw taken(file, null);
  try {
    return await open(unfinished, 'wx', 0o600);
  } catch (cause) {
    const { message } = cause as Error;
    throw new BackupError(`${file} cannot be written: ${message}`, { cause });
  }
}

function taken(file: string, cause: unknown): BackupError {
  return new BackupError(`${file} is there already; name another file, or move it away`, { cause });
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has no handle on a folder; there a rename is as durable as NTFS makes it.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
