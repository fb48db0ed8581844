import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { StartupError } from './startup-error.ts';

export interface DataDirLock {
  release(): Promise<void>;
}

/**
 * Takes DATA_DIR for this process. The lock is a listening socket, which the kernel closes with the
 * process, so it is never stale. Rejected: a lock file with a process id, which after kill -9 and a
 * restart of the container names some other process; flock, which Node does not have.
 *
 * It holds within one machine: two containers that mount the same folder do not see each other.
 *
 * @param dataDir - made where missing
 * @throws StartupError when another process holds it
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  await mkdir(dataDir, { recursive: true });
  const real = await realpath(dataDir);
  const address = addressOf(real);
  const secret = `${process.pid} ${randomUUID()}`;
  // Whoever asks is told who holds the lock.
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(secret);
  });
  server.unref();
  const taken = await tryListen(server, address);
  if (taken !== null) await takeOver(server, address, real);
  // On a file system two processes may both have found the socket dead and replaced it.
  if (address.kind === 'file' && (await ask(address.name)) !== secret) throw inUse(real, null);
  return {
    async release() {
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}

/** `kernel` names vanish with their process, a `file` stays behind. */
interface Address {
  readonly kind: 'kernel' | 'file';
  readonly name: string;
}

function addressOf(real: string): Address {
  const hash = createHash('sha256').update(real).digest('hex').slice(0, 32);
  const name = `counterpoint-${hash}`;
  if (process.platform === 'linux') return { kind: 'kernel', name: `\0${name}` };
  if (process.platform === 'win32') return { kind: 'kernel', name: `\\\\.\\pipe\\${name}` };
  return { kind: 'file', name: path.join(os.tmpdir(), `${name}.sock`) };
}

/** Null when it listens now, the error when the address is taken. */
async function tryListen(server: Server, { name }: Address): Promise<Error | null> {
  server.listen(name);
  try {
    await once(server, 'listening');
    return null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return error as Error;
    throw error;
  }
}

async function takeOver(server: Server, address: Address, real: string): Promise<void> {
  const holder = await ask(address.name);
  if (holder !== null || address.kind === 'kernel') throw inUse(real, holder);
  await rm(address.name, { force: true });
  if ((await tryListen(server, address)) !== null) throw inUse(real, null);
}

/** What the holder says of itself: its process id and a word of its own. Null: nobody listens. */
async function ask(name: string): Promise<string | null> {
  const socket = connect(name);
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  socket.setTimeout(2_000, () => socket.destroy());
  try {
    await once(socket, 'close');
  } catch {
    return null;
  }
  return Buffer.concat(parts).toString();
}

function inUse(real: string, holder: string | null): StartupError {
  const pid = holder?.split(' ')[0];
  const who = pid ? `another server (process ${pid})` : 'another server';
  return new StartupError(`${real} is in use by ${who}; stop it, or set another DATA_DIR`);
}
