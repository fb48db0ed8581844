import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Copies a folder into another, with its owners and modes: Postgres refuses what is not its own. */
export async function copyFolder(from: string, into: string): Promise<void> {
  await promisify(execFile)('cp', ['-a', from, into]);
}
