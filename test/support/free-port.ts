import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that connections going out are given by themselves (from 32768 on, on Linux): one of
 * those can be taken by any connection between this look and the start of a server.
 */
const [least, most] = [15_000, 32_000];
/** Each process goes on from a place of its own, so that two that look at once find two ports. */
let next = randomInt(least, most);

/** A TCP port on 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  for (let looked = least; looked < most; looked += 1) {
    const port = next;
    next = port + 1 < most ? port + 1 : least;
    if (await isFree(port)) return port;
  }
  throw new Error(`All ports from ${least} to ${most} are taken`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    probe.listen(port, '127.0.0.1');
    await once(probe, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}
