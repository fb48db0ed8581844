import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { Limits } from '../config.ts';
import { mib, ok, problem, warning, type Finding } from './finding.ts';

/** As in package.json. */
const oldestNode = [20, 19] as const;

export function nodeVersion(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [needed, least] = oldestNode;
  if (major > needed || (major === needed && minor >= least)) return ok(`Node ${version}`);
  return problem(`Node ${version} is too old: install ${needed}.${least} or newer`);
}

/** Beside its sockets, a server opens files, connections to Postgres, and pipes to its threads. */
const otherFiles = 200;

/** @param limits - as in /proc/self/limits, which other systems than Linux have not */
export async function openFiles(
  { maxConnections }: Pick<Limits, 'maxConnections'>,
  limits = readFile('/proc/self/limits', 'utf8').catch(() => ''),
): Promise<Finding[]> {
  const found = /^Max open files\s+(\d+|unlimited)/m.exec(await limits)?.[1];
  if (found === undefined) return [];
  const needed = maxConnections + otherFiles;
  if (found === 'unlimited' || Number(found) >= needed) return [ok(`Open files: ${found}`)];
  const how = `raise it (LimitNOFILE in the unit, ulimit -n), or lower MAX_CONNECTIONS`;
  return [
    problem(
      `At most ${found} files can be open, and ${maxConnections} sockets need ${needed}: ${how}`,
    ),
  ];
}

/** As config.ts reckons: of half of the heap, 30 bytes for each byte that is stored of an open piece. */
const heapPerStoredByte = 30;
/** What a server takes beside its heap (buffers, threads), and an embedded Postgres. */
const besideHeap = { server: 200 * 1024 * 1024, postgres: 250 * 1024 * 1024 };

export interface Memory {
  /** The most that the heap may grow to, in bytes. */
  readonly heap: number;
  /** What this machine, or this container, has. */
  readonly total: number;
}

function memoryHere(): Memory {
  // 0, or more than there is, where no container sets a bound.
  const constrained = process.constrainedMemory();
  const total = os.totalmem();
  const bound = constrained > 0 && constrained < total ? constrained : total;
  return { heap: getHeapStatistics().heap_size_limit, total: bound };
}

export function memory(
  { maxOpenBytes }: Pick<Limits, 'maxOpenBytes'>,
  isEmbedded: boolean,
  { heap, total }: Memory = memoryHere(),
): Finding[] {
  const needed = maxOpenBytes * heapPerStoredByte;
  const pieces =
    needed <= heap
      ? ok(`Heap: ${mib(heap)}, for ${mib(maxOpenBytes)} of open pieces`)
      : warning(
          `MAX_OPEN_BYTES (${mib(maxOpenBytes)}) may need ${mib(needed)} of heap, and there are ${mib(heap)}: ` +
            `lower it, or raise NODE_OPTIONS=--max-old-space-size`,
        );
  const whole = heap + besideHeap.server + (isEmbedded ? besideHeap.postgres : 0);
  const machine =
    whole <= total
      ? ok(`Memory: ${mib(total)}`)
      : warning(
          `The server may grow to ${mib(whole)}, and there are ${mib(total)}: the kernel would kill it; ` +
            `set NODE_OPTIONS=--max-old-space-size to ${Math.max(256, Math.round((total - whole + heap) / 1024 / 1024))}, or give it more`,
        );
  return [pieces, machine];
}
