/**
 * Which cores the parts of a measurement run on. With more than two, the servers and their Postgres
 * have the first two to themselves and the generators the others, so that what is measured is not the
 * generator's. With two there is nothing to part: how late the generator was is told beside.
 */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

export type Part = 'server' | 'generator';

/** What a server and its Postgres have, on every machine, so that figures can be compared. */
export const serverCores = 2;

/** The cores of a part as `taskset` takes them; null: all of them, not pinned. */
export function coresOf(part: Part, index = 0, count = cpus().length): string | null {
  if (count <= serverCores) return null;
  if (part === 'server') return `0-${serverCores - 1}`;
  return String(serverCores + (index % (count - serverCores)));
}

/** The command line that runs Node with these arguments on these cores. */
export function commandOn(
  cores: string | null,
  args: readonly string[],
): readonly [string, ...string[]] {
  if (cores === null || !hasTaskset()) return [process.execPath, ...args];
  // It becomes Node itself, so that the process and its channel are those of the child.
  return ['taskset', '-c', cores, process.execPath, ...args];
}

/** Moves a process that runs, and what it starts from now on, to the cores of a part. */
export function moveTo(part: Part, pid: number): void {
  const cores = coresOf(part);
  if (cores === null || !hasTaskset()) return;
  execFileSync('taskset', ['-a', '-c', '-p', cores, String(pid)], { stdio: 'ignore' });
}

let known: boolean | undefined;

/** Part of util-linux; where it is missing nothing is pinned, which is said once. */
function hasTaskset(): boolean {
  if (known !== undefined) return known;
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    known = true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    console.log('without `taskset`, generator and servers share all cores');
    known = false;
  }
  return known;
}
