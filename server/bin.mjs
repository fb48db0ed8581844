#!/usr/bin/env node
/**
 * Starts the command line. Builds dist/ first where a source is newer than the last good build, then
 * runs it in this process, so that signals reach it. Nothing but Node and `npm ci` is needed.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
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
const dist = path.join(root, 'dist');
/** Its time is when the last good build began. tsc's own build info is written by bad ones too. */
const stamp = path.join(dist, '.built');
/** Holds the id of the process that builds: two starts at once must not write the same files. */
const lock = path.join(root, 'node_modules/.counterpoint-build');
/** No build takes this long, in ms; an older lock was left, whoever has its id by now. */
const longestBuild = 120_000;

const modified = (file) => statSync(file).mtimeMs;

function newestSource() {
  const files = ['tsconfig.json', 'package-lock.json', 'server/tsconfig.json'];
  for (const folder of ['server', 'shared']) {
    for (const entry of readdirSync(path.join(root, folder), { recursive: true })) {
      if (entry.endsWith('.ts')) files.push(path.join(folder, entry));
    }
  }
  const present = files.map((file) => path.join(root, file)).filter((file) => existsSync(file));
  return Math.max(...present.map(modified));
}

/** An installation without sources has been built elsewhere. */
function isStale() {
  if (!existsSync(stamp)) return true;
  return existsSync(path.join(root, 'server/cli.ts')) && newestSource() > modified(stamp);
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

function build() {
  const began = new Date();
  process.stderr.write('Building…\n');
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout, error } = spawnSync(process.execPath, [tsc, '-p', 'server'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) {
    process.stderr.write(`${stdout ?? ''}${error ? `${error.message}\n` : ''}The build failed.\n`);
    return false;
  }
  writeFileSync(stamp, '');
  utimesSync(stamp, began, began);
  return true;
}

/** False where the build failed. */
async function buildWhereStale() {
  while (isStale()) {
    if (takeLock()) {
      try {
        return !isStale() || build();
      } finally {
        rmSync(lock, { force: true });
      }
    }
    if (lockIsLeft()) rmSync(lock, { force: true });
    else await sleep(100);
  }
  return true;
}

if (await buildWhereStale()) await import('../dist/server/cli.js');
else process.exitCode = 1;
