import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Log } from '../../collab/ports.ts';
import { StartupError } from '../startup-error.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';

const run = promisify(execFile);

/** The one role of the embedded database, its superuser. */
export const owner = 'counterpoint';
const passwordFile = 'counterpoint-password';
/** Unfinished folders are named so, beside the real one. */
const unfinished = 'postgres-new-';

export interface DataFolder {
  readonly password: string;
  /** Whether this call made it. */
  readonly created: boolean;
}

interface Place {
  /** Absolute path of the data folder. */
  readonly folder: string;
  readonly binaries: Binaries;
  readonly account: Account;
  readonly log: Log;
}

/**
 * Makes the data folder where there is none, or looks whether the one that is there can be used.
 *
 * @throws StartupError where it is of another major version, or no data folder at all
 */
export async function prepareFolder(place: Place): Promise<DataFolder> {
  await removeUnfinished(place);
  const version = await readOrNull(path.join(place.folder, 'PG_VERSION'));
  const created = version === null;
  if (version === null) await create(place);
  else await checkVersion(place, version.trim());
  await own(place);
  return { password: await readPassword(place.folder), created };
}

async function readOrNull(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function readPassword(folder: string): Promise<string> {
  const file = path.join(folder, passwordFile);
  const password = await readOrNull(file);
  if (password === null) throw new StartupError(`${file} is missing: it holds the password`);
  return password.trim();
}

/** Major versions of Postgres cannot read each other's files. */
async function checkVersion({ folder, binaries, account }: Place, found: string): Promise<void> {
  const [program, args] = account.command(binaries.postgres, ['--version']);
  const { stdout } = await run(program, args, { ...account.options, cwd: '/' });
  const ours = /\d+/.exec(stdout)?.[0];
  if (ours === found) return;
  throw new StartupError(
    `${folder} was made by Postgres ${found}, this is Postgres ${ours ?? stdout}: ` +
      'run the version of Counterpoint that made it, and move the pieces with "counterpoint export --profile working" and "import"',
  );
}

/**
 * Runs initdb beside the data folder and renames, so that a kill in the middle leaves nothing that
 * looks like a database. The password travels inside, so that there is never one without the other.
 */
async function create(place: Place): Promise<void> {
  const { folder, account, log } = place;
  const found = await readdir(folder).catch(() => []);
  if (found.length > 0) {
    throw new StartupError(`${folder} holds files but no Postgres database; move them away`);
  }
  log.info({ folder }, 'Making the embedded database');
  const parent = path.dirname(folder);
  const work = await mkdtemp(path.join(parent, unfinished));
  const file = path.join(work, 'password');
  await writePassword(file, account);
  if (account.ids !== null) await chown(work, account.ids.uid, account.ids.gid);
  const data = path.join(work, 'data');
  await initdb(place, data, file);
  await rename(file, path.join(data, passwordFile));
  await rename(data, folder);
  await syncFolder(parent);
  await rm(work, { recursive: true });
}

async function writePassword(file: string, { ids }: Account): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(24).toString('base64url')}\n`);
    if (ids !== null) await handle.chown(ids.uid, ids.gid);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function initdb({ binaries, account }: Place, data: string, file: string): Promise<void> {
  const [program, args] = account.command(binaries.initdb, [
    `--pgdata=${data}`,
    `--username=${owner}`,
    `--pwfile=${file}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Postgres' own: the same order and the same lower() on every machine, whatever is installed.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
  ]);
  try {
    await run(program, args, { ...account.options, cwd: '/' });
  } catch (cause) {
    const text = (cause as { stderr?: string }).stderr ?? String(cause);
    throw new StartupError(`The embedded database could not be made: ${text.trim()}`, { cause });
  }
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

/** What a killed initdb has left. Its process may be at work still, so failing is no matter. */
async function removeUnfinished({ folder, log }: Place): Promise<void> {
  const parent = path.dirname(folder);
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    if (!name.startsWith(unfinished)) continue;
    await rm(path.join(parent, name), { recursive: true, force: true }).catch((error: unknown) => {
      log.warn({ err: error, name }, 'An unfinished database folder could not be removed');
    });
  }
}

/** A folder that root copied here (a restored backup) is root's, whom Postgres does not run as. */
async function own({ folder, account }: Place): Promise<void> {
  if (account.ids === null) return;
  const { uid, gid } = account.ids;
  await run('chown', ['-R', `${uid}:${gid}`, folder]);
}
