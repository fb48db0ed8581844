/**
 * Makes the fixture of the previous release: its server as it was at a commit, small enough to be
 * committed, so that a clone without history can run it beside the present one.
 *
 *     npx tsx test/support/previous-release/make.ts <commit> [file]
 *
 * To be run at each release, with the commit that was released. What its packages were is not kept: it runs
 * on the present ones, and those that were dropped since are development dependencies until then
 * (mdast-util-frontmatter, micromark-extension-frontmatter).
 */
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { packageFile } from '../../../server/package-root.ts';
import { releaseFile, type Release } from './release.ts';

/** What starts a process or a thread; each becomes one file, and they find each other in one folder. */
const entries = { cli: 'server/cli.ts', worker: 'server/workers/worker.ts' };

const kept = ['server', 'shared', 'migrations', 'package.json', 'tsconfig.json'];

const [revision, file = releaseFile] = process.argv.slice(2);
if (revision === undefined) throw new Error('Which commit? See the head of this file.');
const commit = git('rev-parse', '--verify', `${revision}^{commit}`).toString().trim();
const folder = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-release-'));
try {
  const tree = git('archive', commit, ...kept);
  execFileSync('tar', ['-x', '-C', folder], { input: tree });
  const made = await archive(folder, commit);
  await writeFile(file, made);
  console.log(`${file}: ${commit.slice(0, 7)}, ${Math.round(made.length / 1024)} KiB`);
} finally {
  await rm(folder, { recursive: true });
}

function git(...args: string[]): Buffer {
  return execFileSync('git', args, { cwd: packageFile('.'), maxBuffer: 1 << 28 });
}

/** The files that the server needs, where it looks for them, in a gzipped tar that is always the same. */
async function archive(source: string, commit: string): Promise<Buffer> {
  const { version } = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8')) as {
    version: string;
  };
  const release: Release = { version, commit };
  const files: [string, string | Uint8Array][] = [
    // By which the server finds its folder, and Node that it is made of modules.
    ['package.json', JSON.stringify({ name: 'counterpoint', type: 'module', ...release })],
    ['server/sample/sample.md', await readFile(path.join(source, 'server/sample/sample.md'))],
    ...(await bundle(source)),
  ];
  for (const name of (await readdir(path.join(source, 'migrations'))).sort()) {
    files.push([`migrations/${name}`, await readFile(path.join(source, 'migrations', name))]);
  }
  const tar = pack();
  for (const [name, bytes] of files) tar.entry({ name, mtime: new Date(0) }, Buffer.from(bytes));
  tar.finalize();
  return gzipSync(await buffer(tar), { level: 9 });
}

async function bundle(source: string): Promise<[string, Uint8Array][]> {
  const { outputFiles } = await build({
    absWorkingDir: source,
    entryPoints: entries,
    outdir: path.join(source, 'dist/server'),
    bundle: true,
    minify: true,
    // Errors are told apart by the names of their classes.
    keepNames: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    write: false,
    logLevel: 'warning',
  });
  return outputFiles.map((made) => [path.relative(source, made.path), made.contents]);
}
