/** CPU time and memory of processes, read from Linux' /proc. */
import { readFileSync, readdirSync } from 'node:fs';

/** `USER_HZ`, the unit of times in /proc/<pid>/stat: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Seconds of CPU time used so far. */
export interface CpuTime {
  /** The server's own process, and other Node processes below it. */
  readonly server: number;
  /** Postgres, where it runs below the server. */
  readonly database: number;
}

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly seconds: number;
  /** Of its ended and awaited children. */
  readonly endedChildren: number;
}

/** CPU time of the process and all below it. */
export function cpuTimeOf(pid: number): CpuTime {
  let server = 0;
  let database = 0;
  for (const stat of treeOf(pid)) {
    if (stat.name === 'postgres') database += stat.seconds + stat.endedChildren;
    else server += preciseSeconds(stat.pid) ?? stat.seconds;
  }
  return { server, database };
}

/** Resident memory of the process alone, in bytes. */
export function residentBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (line?.[1] === undefined) throw new Error(`no VmRSS for process ${pid}`);
  return Number(line[1]) * 1024;
}

/** The most resident memory that the process ever had, in bytes; null where it has ended. */
export function peakBytes(pid: number): number | null {
  const status = read(`/proc/${pid}/status`);
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(status ?? '');
  return line?.[1] === undefined ? null : Number(line[1]) * 1024;
}

/** The process and its descendants. */
function treeOf(root: number): Stat[] {
  const all = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => statOf(Number(entry)))
    .filter((stat) => stat !== null);
  const tree = all.filter((stat) => stat.pid === root);
  for (const member of tree) tree.push(...all.filter((stat) => stat.parent === member.pid));
  return tree;
}

/** Null for a process that ended meanwhile. */
function statOf(pid: number): Stat | null {
  const line = read(`/proc/${pid}/stat`);
  if (line === null) return null;
  // The name stands in parentheses and may hold spaces; what follows it is numbers.
  const end = line.lastIndexOf(')');
  const fields = line.slice(end + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  return {
    pid,
    parent: field(4),
    name: line.slice(line.indexOf('(') + 1, end),
    seconds: (field(14) + field(15)) / ticksPerSecond,
    endedChildren: (field(16) + field(17)) / ticksPerSecond,
  };
}

/** Nanoseconds that its threads spent on a core: 10 ms ticks are too coarse for short stretches. */
function preciseSeconds(pid: number): number | null {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const line = read(`/proc/${pid}/task/${thread}/schedstat`);
    if (line === null) return null;
    nanoseconds += Number(line.split(' ')[0]);
  }
  return nanoseconds / 1e9;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Seconds of CPU time of the process and all below it, those that have ended included. */
export function treeSeconds(root: number): number {
  let seconds = 0;
  for (const stat of treeOf(root)) {
    seconds += (preciseSeconds(stat.pid) ?? stat.seconds) + stat.endedChildren;
  }
  return seconds;
}

/** Seconds of CPU time of the process' first thread, which is the event loop of a Node server. */
export function mainThreadSeconds(pid: number): number {
  const line = read(`/proc/${pid}/task/${pid}/schedstat`);
  if (line === null) throw new Error(`no process ${pid}`);
  return Number(line.split(' ')[0]) / 1e9;
}

export function parentOf(pid: number): number {
  const stat = statOf(pid);
  if (stat === null) throw new Error(`no process ${pid}`);
  return stat.parent;
}
