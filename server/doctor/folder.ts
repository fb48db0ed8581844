import { existsSync } from 'node:fs';
import { mkdtemp, rmdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { mib, ok, problem, reasonOf, warning, type Finding } from './finding.ts';

/** File systems by the number that statfs gives them, where a database must not lie, or should not. */
const fileSystems: Readonly<Record<number, { name: string; is: 'problem' | 'warning' }>> = {
  0x01021994: { name: 'tmpfs, which is gone with the next restart', is: 'problem' },
  0x858458f6: { name: 'ramfs, which is gone with the next restart', is: 'problem' },
  0x6969: { name: 'NFS', is: 'warning' },
  0xff534d42: { name: 'a network disk (CIFS)', is: 'warning' },
  0xfe534d42: { name: 'a network disk (SMB)', is: 'warning' },
  0x01021997: { name: 'a shared folder (9p)', is: 'warning' },
  0x65735546: { name: 'FUSE', is: 'warning' },
};

/** Below the first, writing may soon fail; below the second, it does. */
const [lowBytes, leastBytes] = [2 * 1024 ** 3, 256 * 1024 ** 2];

/**
 * Where the embedded database lies, or would: all that could keep it from being made or grown.
 *
 * @param us - the id of this user, where the system has such
 */
export async function dataFolder(
  dataDir: string,
  us: number | undefined = process.getuid?.(),
): Promise<Finding[]> {
  const folder = path.resolve(dataDir);
  const there = nearest(folder);
  const what =
    there === folder ? ok(`DATA_DIR is ${folder}`) : ok(`DATA_DIR ${folder} will be made`);
  return [
    what,
    ...(await writable(there)),
    ...(await owner(path.join(folder, 'postgres'), us)),
    ...(await disk(there)),
  ];
}

/** The folder, or the next above it that is there. */
function nearest(folder: string): string {
  let there = folder;
  while (!existsSync(there) && path.dirname(there) !== there) there = path.dirname(there);
  return there;
}

async function writable(folder: string): Promise<Finding[]> {
  try {
    await rmdir(await mkdtemp(path.join(folder, '.counterpoint-doctor-')));
    return [];
  } catch (error) {
    const reason = reasonOf(error);
    return [problem(`${folder} cannot be written in (${reason}): give it to the server's user`)];
  }
}

/** Root may start the server on anybody's folder: Postgres then runs as that user. */
async function owner(database: string, us: number | undefined): Promise<Finding[]> {
  const found = await stat(database).catch(() => null);
  if (us === undefined || us === 0 || found === null || found.uid === us) return [];
  const how = `run the server as that user, or chown -R ${us} ${database}`;
  return [problem(`${database} belongs to uid ${found.uid}, and this is uid ${us}: ${how}`)];
}

async function disk(folder: string): Promise<Finding[]> {
  const looked = await statfs(folder).catch((error: unknown) => reasonOf(error));
  if (typeof looked === 'string') {
    return [problem(`${folder} cannot be looked at (${looked}): give it to the server's user`)];
  }
  const { type, bavail, bsize } = looked;
  const found: Finding[] = [];
  const odd = fileSystems[type >>> 0];
  if (odd !== undefined) {
    const line = `${folder} is on ${odd.name}: set DATA_DIR to a disk of this machine`;
    found.push(odd.is === 'problem' ? problem(line) : warning(line));
  }
  const free = bavail * bsize;
  if (free < leastBytes) {
    found.push(problem(`${folder} has ${mib(free)} free: make room, or nothing can be saved`));
  } else if (free < lowBytes)
    found.push(warning(`${folder} has ${mib(free)} free: make room soon`));
  else found.push(ok(`Free on its disk: ${mib(free)}`));
  return found;
}
