/**
 * Builds dist/ where a source is newer than the last good build: the server and the web app, each by
 * Vite. Nothing but Node and `npm ci` is needed.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = path.dirname(import.meta.dirname);
const modules = path.join(root, 'node_modules');
/** The last is written by each install: packages are built in. */
const everywhere = ['tsconfig.json', 'package-lock.json', 'node_modules/.package-lock.json'];

/** What is built: out of which files, and by what. */
export const parts = {
  server: {
    files: everywhere,
    folders: ['server', 'shared'],
    run: ['vite/bin/vite.js', 'build', 'server', '--logLevel', 'warn'],
  },
  client: {
    files: everywhere,
    folders: ['client', 'shared'],
    run: ['vite/bin/vite.js', 'build', 'client', '--logLevel', 'warn'],
  },
};

/** Holds the id of the process that builds: two starts at once must not write the same files. */
const lock = path.join(modules, '.counterpoint-build');
/** No build takes this long, in ms; an older lock was left, whoever has its id by now. */
const longestBuild = 180_000;

const modified = (file) => statSync(file).mtimeMs;
/** Its time is when the last good build began. What is built is written by bad ones too. */
const stampOf = (name) => path.join(root, `dist/.built-${name}`);

function newestSource({ files, folders }) {
  const found = folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name)),
  );
  const named = files.map((file) => path.join(root, file)).filter((file) => existsSync(file));
  return Math.max(...[...named, ...found].map(modified));
}

/** An installation without sources has been built elsewhere. */
function isStale(name) {
  const part = parts[name];
  if (!part.folders.every((folder) => existsSync(path.join(root, folder)))) return false;
  return !existsSync(stampOf(name)) || newestSource(part) > modified(stampOf(name));
}

/** True when the lock was taken, false when another process has it. */
function takeLock() {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** Whether who took the lock was killed before letting it go. */
function lockIsLeft() {
  try {
    if (Date.now() - modified(lock) > longestBuild) return true;
    const pid = Number(readFileSync(lock, 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'EPERM') return false; // Let go, or alive.
    if (error.code === 'ESRCH') return true;
    throw error;
  }
}

function build(name) {
  const began = new Date();
  process.stderr.write(`Building the ${name}…\n`);
  const [script, ...args] = parts[name].run;
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [path.join(modules, script), ...args],
    // Whoever asks, a test say, gets what is served: React has another, slower build for development.
    { cwd: root, encoding: 'utf8', env: { ...process.env, NODE_ENV: 'production' } },
  );
  if (status !== 0) {
    const said = [stdout, stderr, error?.message].filter(Boolean).join('\n');
    process.stderr.write(`${said}\nThe build of the ${name} failed.\n`);
    return false;
  }
  mkdirSync(path.dirname(stampOf(name)), { recursive: true });
  // A new file: one that is shared by hard links would say that a copy of this folder is built.
  rmSync(stampOf(name), { force: true });
  writeFileSync(stampOf(name), '');
  utimesSync(stampOf(name), began, began);
  return true;
}

/** Builds those of `names` that are stale. False where a build failed. */
export async function buildWhereStale(names = Object.keys(parts)) {
  while (names.some(isStale)) {
    if (takeLock()) {
      try {
        return names.every((name) => !isStale(name) || build(name));
      } finally {
        rmSync(lock, { force: true });
      }
    }
    if (lockIsLeft()) rmSync(lock, { force: true });
    else await sleep(100);
  }
  return true;
}

if (process.argv[1] === import.meta.filename) process.exitCode = (await buildWhereStale()) ? 0 : 1;
