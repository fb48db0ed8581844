import { readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';
import { v4 as uuid } from 'uuid';

/** A process of a server, on whichever machine. */
export interface Process {
  /** Of the server; a process may have several. */
  readonly id: string;
  /** Where its number means something. */
  readonly host: string;
  readonly pid: number;
}

export const self = { host: whereNumbersHold(), pid: process.pid };

/** The ids of the servers that run in this process. */
export const inThisProcess = new Set<string>();

/**
 * Whether it is known that a server has ended: it ran where our process numbers hold, and its process is
 * gone. Where it ran elsewhere, or another program has its number by now, only time tells.
 */
export function hasEnded({ id, host, pid }: Process): boolean {
  if (host !== self.host) return false;
  if (pid === self.pid) return !inThisProcess.has(id);
  try {
    process.kill(pid, 0);
    return false;
  } catch (err) {
    return (err as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/**
 * A machine since it was started, and a container on it. Names of machines do not do: two may have one.
 * Where it cannot be told, nobody else's numbers hold here.
 */
function whereNumbersHold(): string {
  if (process.platform !== 'linux') return uuid();
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${os.hostname()} ${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return uuid();
  }
}
