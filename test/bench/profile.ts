/** Where a server's time went: the functions of a CPU profile by their own time. */
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Frames that are no work of the server. */
const idle = new Set(['(idle)', '(program)', '(root)']);

/**
 * Lines `share  ms  function  file:line`, the longest first, of the busiest profile in the folder: a
 * server writes one for each of its threads.
 */
export function hottest(folder: string, lines: number): string[] {
  const [busiest] = readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => ownTimes(JSON.parse(readFileSync(join(folder, name), 'utf8')) as Profile))
    .map((own) => ({ own, total: [...own.values()].reduce((sum, ms) => sum + ms, 0) }))
    .sort((a, b) => b.total - a.total);
  if (busiest === undefined) return ['no profile was written'];
  return [...busiest.own]
    .sort(([, a], [, b]) => b - a)
    .slice(0, lines)
    .map(([name, ms]) => {
      const share = `${((ms / busiest.total) * 100).toFixed(1)} %`.padStart(7);
      return `${share} ${ms.toFixed(0).padStart(6)} ms  ${name}`;
    });
}

function ownTimes({ nodes, samples, timeDeltas }: Profile): Map<string, number> {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      url === ''
        ? functionName
        : `${functionName || '(anonymous)'}  ${basename(url)}:${lineNumber + 1}`,
    ]),
  );
  const own = new Map<string, number>();
  samples.forEach((id, i) => {
    const name = names.get(id) ?? '(unknown)';
    if (!idle.has(name)) own.set(name, (own.get(name) ?? 0) + (timeDeltas[i] ?? 0) / 1000);
  });
  return own;
}
