import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { StartupError } from '../startup-error.ts';
import type { Binaries } from './binaries.ts';

const run = promisify(execFile);

interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/** How the programs of Postgres are started: as whom, and by what. */
export interface Account {
  /** The owner of the data folder, null where it is simply who runs the server. */
  readonly ids: Ids | null;
  /** Turns a program and its arguments into what is to be spawned. */
  command(program: string, args: readonly string[]): readonly [string, string[]];
  /** Options for the spawn. */
  readonly options: { readonly uid?: number; readonly gid?: number };
}

const ourselves: Account = {
  ids: null,
  command: (program, args) => [program, [...args]],
  options: {},
};

/**
 * Chooses the account. Postgres refuses to run as root, so there it runs as the owner of the data
 * folder, and a new one gets the user `postgres` or `nobody`.
 *
 * That user may not be able to enter the folder, or the one that this program lies in: a clone
 * under /root is closed to all others. There it is given the one capability that opens folders
 * (CAP_DAC_OVERRIDE, which containers have too). Rejected: copying 60 MB of programs to where they
 * can be reached, and moving the data away from DATA_DIR, where nobody would look for it.
 *
 * @param folder - absolute path of the data folder, which may not exist yet
 * @throws StartupError where no way works, or the folder belongs to somebody else
 */
export async function chooseAccount(folder: string, binaries: Binaries): Promise<Account> {
  const us = process.getuid?.();
  if (us === undefined) return ourselves;
  const owner = await ownerOf(folder);
  if (us !== 0) {
    if (owner === null || owner.uid === us) return ourselves;
    throw new StartupError(
      `${folder} belongs to another user (uid ${owner.uid}); run the server as that user, or give it to uid ${us}`,
    );
  }
  const ids = owner !== null && owner.uid !== 0 ? owner : await unprivileged();
  const failures: unknown[] = [];
  for (const account of [asUser(ids), asUserWithOverride(ids)]) {
    try {
      await probe(account, path.dirname(folder), binaries);
      return account;
    } catch (failure) {
      failures.push(failure);
    }
  }
  throw new StartupError(
    `Postgres refuses to run as root, and uid ${ids.uid} may not enter ${path.dirname(folder)} or run ${binaries.postgres}: ` +
      'run the server as an ordinary user, move it and DATA_DIR out of closed folders, or set DATABASE_URL',
    { cause: new AggregateError(failures) },
  );
}

async function ownerOf(folder: string): Promise<Ids | null> {
  try {
    const { uid, gid } = await stat(folder);
    return { uid, gid };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function unprivileged(): Promise<Ids> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find(([name]) => name === wanted) ?? [];
    if (Number(uid) > 0 && Number(gid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  return { uid: 65534, gid: 65534 };
}

function asUser(ids: Ids): Account {
  return { ...ourselves, ids, options: ids };
}

function asUserWithOverride(ids: Ids): Account {
  const flags = [
    `--reuid=${ids.uid}`,
    `--regid=${ids.gid}`,
    '--clear-groups',
    '--inh-caps=-all,+dac_override',
    '--ambient-caps=-all,+dac_override',
    // Without it access(2), which Postgres asks for its own programs, leaves capabilities out.
    '--securebits=+no_setuid_fixup',
  ];
  return {
    ids,
    command: (program, args) => ['setpriv', [...flags, program, ...args]],
    options: {},
  };
}

/**
 * Tries it, since no reading of modes knows ACLs, mounts and security modules. `initdb --show` looks
 * for its programs and files as a real run does, and writes nothing.
 */
async function probe(account: Account, folder: string, binaries: Binaries): Promise<void> {
  const script = 'cd "$1" && exec "$2" --show --pgdata="$1/postgres"';
  const args = ['-c', script, 'sh', folder, binaries.initdb];
  const [program, all] = account.command('/bin/sh', args);
  await run(program, all, { ...account.options, cwd: '/' });
}
