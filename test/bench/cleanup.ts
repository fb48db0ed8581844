/** Whatever the bench starts or makes is ended and removed, also when it fails or is interrupted. */
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const children = new Set<ChildProcess>();
const folders = new Set<string>();

/** Time for a server to end by itself after SIGTERM: it may have a database to stop. */
const patienceMs = 15_000;

export function trackChild(child: ChildProcess): void {
  children.add(child);
  child.once('exit', () => children.delete(child));
}

export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const patience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(patience);
}

/** An empty folder that is removed at the end. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'counterpoint-bench-'));
  // Postgres, which refuses to be root, runs as somebody else when the bench is root.
  chmodSync(folder, 0o755);
  folders.add(folder);
  return folder;
}

export async function cleanUp(): Promise<void> {
  await Promise.all([...children].map(stopChild));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}

/** Ctrl-C and SIGTERM end the bench with everything that it started. */
export function cleanUpOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void cleanUp().then(() => process.exit(130));
    });
  }
}
