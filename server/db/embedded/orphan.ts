import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Log } from '../../collab/ports.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';

const run = promisify(execFile);

/**
 * Stops a Postgres that still runs on the data folder although its server is gone, and removes a
 * pid file that only looks like one. To be called with the folder's lock held.
 *
 * The pid file alone proves nothing: after a restart of the machine or container its number can be
 * anybody's, and Postgres then refuses to start, while `pg_ctl stop`, which only asks whether such
 * a process exists, would end a stranger. So the process is asked what it is.
 */
export async function stopOrphan(
  folder: string,
  binaries: Binaries,
  account: Account,
  log: Log,
): Promise<void> {
  const file = path.join(folder, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  // No file; or one that was never finished, which Postgres knows how to deal with.
  if (!(pid > 0)) return;
  const command = await commandOf(pid);
  // Nobody has the number. Postgres sees that for itself, and also whether old backends linger on.
  if (command === null) return;
  if (!command.includes(folder)) {
    log.info({ pid }, 'A pid file of Postgres names a process that is something else; removed');
    // A Postgres that is just ending has an empty command line, and removes the file itself.
    await rm(file, { force: true });
    return;
  }
  log.warn({ pid }, 'The Postgres of a server that is gone still runs; stopping it');
  await pgCtlStop('fast', folder, binaries, account).catch(async (error: unknown) => {
    // It ended by itself meanwhile, and took its pid file along: `pg_ctl` calls that a failure.
    if (!existsSync(file)) return;
    log.warn({ err: error }, 'It does not stop in order; stopping it at once');
    await pgCtlStop('immediate', folder, binaries, account).catch((failure: unknown) => {
      if (existsSync(file)) throw failure;
    });
  });
}

async function pgCtlStop(mode: string, folder: string, binaries: Binaries, account: Account) {
  const wanted = ['stop', '-D', folder, '-m', mode, '-w', '-t', '30'];
  const [program, args] = account.command(binaries.pg_ctl, wanted);
  await run(program, args, { ...account.options, cwd: path.parse(folder).root });
}

/**
 * The command line of a process, null where there is none of that number. It is empty for one that
 * has ended but was never collected by its parent, which Postgres would take for alive.
 */
async function commandOf(pid: number): Promise<string | null> {
  try {
    if (process.platform === 'linux') {
      return await readFile(`/proc/${pid}/cmdline`, 'utf8');
    }
    if (process.platform === 'win32') return null;
    const { stdout } = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
    return stdout.trim() === '' ? null : stdout;
  } catch {
    // ENOENT, or the exit code 1 of ps: there is no such process.
    return null;
  }
}
