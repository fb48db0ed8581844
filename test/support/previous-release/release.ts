/** The previous release, as it lies in the fixtures, and the present one, each in a folder of its own. */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { packageFile } from '../../../server/package-root.ts';
import { builtCli } from '../built-cli.ts';

/** Made by make.ts. */
export const releaseFile = packageFile('test/fixtures/previous-release/server.tar.gz');

export interface Release {
  readonly version: string;
  readonly commit: string;
}

/** A version of the server that can be run; without the web app. */
export interface Installed {
  /** The command line, for `node`. */
  readonly cli: string;
  readonly migrations: string;
  remove(): Promise<void>;
}

/** Lays the previous release out as it was installed. `file`: another one, made by make.ts too. */
export async function installPrevious(file = releaseFile): Promise<Installed & Release> {
  const folder = await newFolder();
  const entries = Readable.from(await readFile(file))
    .pipe(createGunzip())
    .pipe(extract());
  for await (const entry of entries) {
    const target = path.join(folder, entry.header.name);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, await buffer(entry));
  }
  const { version, commit } = JSON.parse(
    await readFile(path.join(folder, 'package.json'), 'utf8'),
  ) as Release;
  return { ...(await installed(folder)), version, commit };
}

/**
 * The present version, built where that is stale, with further migrations.
 * @param further - SQL by file name
 */
export async function installPresent(
  further: Readonly<Record<string, string>>,
): Promise<Installed> {
  const built = path.dirname(await builtCli());
  const folder = await newFolder();
  await cp(built, path.join(folder, 'dist/server'), { recursive: true });
  for (const part of ['package.json', 'migrations', 'server/sample']) {
    await cp(packageFile(part), path.join(folder, part), { recursive: true });
  }
  for (const [name, text] of Object.entries(further)) {
    await writeFile(path.join(folder, 'migrations', name), text);
  }
  return installed(folder);
}

const newFolder = () => mkdtemp(path.join(os.tmpdir(), 'counterpoint-installed-'));

async function installed(folder: string): Promise<Installed> {
  await symlink(packageFile('node_modules'), path.join(folder, 'node_modules'), 'dir');
  return {
    cli: path.join(folder, 'dist/server/cli.js'),
    migrations: path.join(folder, 'migrations'),
    remove: () => rm(folder, { recursive: true }),
  };
}
