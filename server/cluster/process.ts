import os from 'node:os';

/** A process of a server, on whichever machine. */
export interface Process {
  /** Of the server; a process may have several. */
  readonly id: string;
  readonly host: string;
  readonly pid: number;
}

export const self = { host: os.hostname(), pid: process.pid };

/** The ids of the servers that run in this process. */
export const inThisProcess = new Set<string>();

/**
 * Whether it is known that a server has ended: it ran on this machine, and its process is gone. Where it
 * ran on another, or another program has its number by now, only time tells.
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
