/** What was measured, and what of it was promised. */
import type { ScenarioName } from './options.ts';
import type { ServerName } from './servers/server.ts';
import { median } from './stats.ts';

/** What a figure is about: a scenario, one of the loads of `desk`, or one of the sizes of `year`, in edits. */
export type Subject =
  Exclude<ScenarioName, 'desk' | 'year'> | 'desk 5' | 'desk 12' | 'desk 20' | YearSubject;
export type YearSubject = 'year 130,000' | 'year 522,000' | 'year 2,082,000';

/** One figure of one server in one round. */
export interface Figure {
  readonly scenario: Subject;
  readonly server: ServerName;
  readonly round: number;
  /** Such as `p99` or `µs per change`; what the table's line is called. */
  readonly name: string;
  readonly value: number;
  /** Measured, but not to be relied on, for the reason given. */
  readonly doubt: string | null;
}

/** A figure of ours that must not exceed `most`, or reach `least`; by another server's where given. */
export interface Promised {
  readonly scenario: Subject;
  readonly name: string;
  readonly most?: number;
  readonly least?: number;
  /** As it is, where null. */
  readonly by: ServerName | null;
}

export const names = {
  cpu: 'server CPU per change, µs',
  cpuUser: '… of it user, µs',
  cpuSystem: '… of it system, µs',
  leftOver: '… beside that, while another server had the load, µs',
  databaseCpu: 'its Postgres, µs per change',
  p50: 'delivery p50, ms',
  p99: 'delivery p99, ms',
  lateP99: 'keys pressed late by the generator p99, ms',
  lateMax: '… the longest, ms',
  loopMax: '… longest loss of its event loop, ms',
  capacity: 'people typing at p99 ≤ 50 ms',
  memory: 'memory per client, KiB',
  savedP50: 'saved p50, ms',
  savedP99: 'saved p99, ms',
  cold: 'opening after a restart, × apply',
  warm: 'opening while open, × apply',
  editable: '10,000 words to first editable paint, ms',
  keyP50: 'key to paint among ten others p50, ms',
  keyP95: 'key to paint among ten others p95, ms',
  editorWeight: "JavaScript of a piece's page, KB gzipped",
  listWeight: 'JavaScript of the list, KB gzipped',
  threadShown: 'comment to paint in another browser p95, ms',
  threadOpen: '500 threads: longest task of opening, ms',
  threadScroll: '500 threads: longest task of scrolling, ms',
  pastState: 'the middle of 260,000 edits, first time, ms',
  stretches: 'the history of 260,000 edits, first time, ms',
  stretchesAgain: 'the history of 260,000 edits, asked again, ms',
  stretchesQuiet: 'the history of 260,000 edits, once quiet, first time, ms',
  bytes: 'after compact, bytes in Postgres per keystroke',
  attackedP99: 'strangers under the worst attack: delivery p99, ms',
  loopLost: 'under the worst attack: longest loss of the event loop, ms',
  faults: 'attacks after which something was wrong',
  unfinishedMemory: '1,000 strangers who never finish: memory, MiB',
  unfinishedGone: '1,000 strangers who never finish: gone after, ms',
  backupTime: 'backup of a running server, s',
  backupMemory: 'its memory at most, MiB',
  backupFile: 'its file, MiB',
  restoreTime: 'restored and read again, s',
  restoreMemory: 'restoring: memory at most, MiB',
  cpuOneOfTwo: 'with a second server that nobody is at: CPU per change, × one server',
  cpuSpread: 'pieces spread over two servers: CPU per change, × one server',
  farP50: 'to who is at the other server: delivery p50, ms more',
  farP99: 'to who is at the other server: delivery p99, ms more',
  farWithoutRedis: 'the same without Redis: delivery p99, ms',
  rightsP99: 'a right that is withdrawn at the other server: p99, ms',
  restartWait: 'both servers restarted under typing: longest wait for delivery, ms',
  restartLost: 'both servers restarted under typing: keystrokes lost or doubled',
  deployWait: 'from the release before to this one: longest wait for delivery, ms',
  deployLost: 'from the release before to this one: keystrokes lost or doubled',
  idleMemory: '5,000 idle sockets: resident memory, MiB',
  joinP50: '500 people open 4 MB at once: whole text p50, ms',
  joinP99: '500 people open 4 MB at once: whole text p99, ms',
  joinsLost: '500 people open 4 MB at once: who lacks something',
  yearFirstByte: 'opening after a restart: first of the content, ms',
  yearOpening: 'opening after a restart: all of it, ms',
  yearByApply: '… by Y.applyUpdate, ×',
  yearMemory: 'server with the piece open: memory after collecting garbage, MiB',
  yearOwnMemory: '… of it for the piece, MiB',
  yearHistory: 'its history, first time, ms',
  yearMiddle: 'its middle, first time, ms',
  yearAttribution: 'who wrote what, first time, ms',
  yearExport: 'as Markdown, first time, ms',
  yearThreads: 'the first 200 threads, first time, ms',
  yearAllThreads: 'all threads, as an editor reads them, first time, ms',
  yearPeak: 'the most memory of a server that answered one of these, MiB',
  yearPacking: 'packing, µs for each edit',
  yearOneBlock: 'packing one block more, ms',
  yearCompact: 'compact, s',
  yearBytes: 'after compact, bytes in Postgres per edit',
} as const;

export const promises: readonly Promised[] = [
  { scenario: 'desk 5', name: names.cpu, most: 0.75, by: 'reference' },
  { scenario: 'desk 5', name: names.p99, most: 1.5, by: 'reference' },
  { scenario: 'desk 20', name: names.cpu, most: 0.75, by: 'reference' },
  { scenario: 'desk 20', name: names.p99, most: 1.5, by: 'reference' },
  { scenario: 'crowd', name: names.cpu, most: 0.35, by: 'reference' },
  { scenario: 'crowd', name: names.p99, most: 30, by: null },
  { scenario: 'capacity', name: names.capacity, least: 1, by: 'reference' },
  { scenario: 'capacity', name: names.capacity, least: 3, by: 'hocuspocus-postgres' },
  { scenario: 'memory', name: names.memory, most: 0.6, by: 'reference' },
  { scenario: 'saved', name: names.savedP50, most: 12, by: null },
  { scenario: 'saved', name: names.savedP99, most: 40, by: null },
  { scenario: 'open', name: names.cold, most: 1.5, by: null },
  { scenario: 'open', name: names.warm, most: 2, by: null },
  { scenario: 'writing', name: names.editable, most: 1_000, by: null },
  { scenario: 'writing', name: names.keyP95, most: 32, by: null },
  { scenario: 'writing', name: names.editorWeight, most: 300, by: null },
  { scenario: 'writing', name: names.listWeight, most: 120, by: null },
  { scenario: 'threads', name: names.threadShown, most: 150, by: null },
  { scenario: 'threads', name: names.threadOpen, most: 100, by: null },
  { scenario: 'threads', name: names.threadScroll, most: 100, by: null },
  { scenario: 'history', name: names.pastState, most: 1_500, by: null },
  { scenario: 'history', name: names.stretches, most: 300, by: null },
  { scenario: 'history', name: names.stretchesAgain, most: 300, by: null },
  { scenario: 'history', name: names.stretchesQuiet, most: 300, by: null },
  { scenario: 'history', name: names.bytes, most: 10, by: null },
  { scenario: 'servers', name: names.cpuOneOfTwo, most: 1.05, by: null },
  { scenario: 'servers', name: names.cpuSpread, most: 1.3, by: null },
  { scenario: 'servers', name: names.farP50, most: 5, by: null },
  { scenario: 'servers', name: names.farP99, most: 25, by: null },
  { scenario: 'servers', name: names.farWithoutRedis, most: 500, by: null },
  { scenario: 'servers', name: names.rightsP99, most: 1_000, by: null },
  { scenario: 'deploy', name: names.restartWait, most: 3_000, by: null },
  { scenario: 'deploy', name: names.restartLost, most: 0, by: null },
  { scenario: 'deploy', name: names.deployWait, most: 3_000, by: null },
  { scenario: 'deploy', name: names.deployLost, most: 0, by: null },
  { scenario: 'adversary', name: names.attackedP99, most: 100, by: null },
  { scenario: 'adversary', name: names.loopLost, most: 50, by: null },
  { scenario: 'adversary', name: names.faults, most: 0, by: null },
  { scenario: 'adversary', name: names.unfinishedMemory, most: 50, by: null },
  { scenario: 'adversary', name: names.unfinishedGone, most: 5_000, by: null },
  { scenario: 'adversary', name: names.idleMemory, most: 512, by: null },
  { scenario: 'joins', name: names.joinP50, most: 2_000, by: null },
  { scenario: 'joins', name: names.joinsLost, most: 0, by: null },
  { scenario: 'year 2,082,000', name: names.yearOpening, most: 1_000, by: null },
  { scenario: 'year 2,082,000', name: names.yearHistory, most: 1_000, by: null },
  { scenario: 'year 2,082,000', name: names.yearMiddle, most: 1_000, by: null },
  { scenario: 'year 2,082,000', name: names.yearAttribution, most: 1_000, by: null },
  { scenario: 'year 2,082,000', name: names.yearExport, most: 1_000, by: null },
  { scenario: 'year 2,082,000', name: names.yearThreads, most: 1_000, by: null },
  { scenario: 'year 2,082,000', name: names.yearAllThreads, most: 1_000, by: null },
  { scenario: 'year 2,082,000', name: names.yearBytes, most: 10, by: null },
];

export interface Verdict {
  readonly promised: Promised;
  /** Median over the rounds, of the ratios where the promise is relative. */
  readonly measured: number;
  readonly kept: boolean;
  /** Something that it rests on is doubtful. */
  readonly doubtful: boolean;
}

/** Null where what the promise is about was not measured. */
export function judge(promised: Promised, figures: readonly Figure[]): Verdict | null {
  const { most = Infinity, least = -Infinity, by } = promised;
  const mine = about(figures, promised, 'ours');
  const base = by === null ? [] : about(figures, promised, by);
  const values = by === null ? mine : ratios(mine, base);
  if (values.length === 0) return null;
  const measured = median(values.map((figure) => figure.value));
  const doubtful = [...mine, ...base].some(({ doubt }) => doubt !== null);
  // What is no number, such as a ratio to 0, keeps no promise.
  const kept = Number.isFinite(measured) && measured <= most && measured >= least;
  return { promised, measured, kept, doubtful };
}

/** Each figure of a round by the other server's of the same round. */
export function ratios(figures: readonly Figure[], reference: readonly Figure[]): Figure[] {
  return figures.flatMap((figure) => {
    const base = reference.find((other) => other.round === figure.round);
    return base === undefined ? [] : [{ ...figure, value: figure.value / base.value }];
  });
}

export function about(
  figures: readonly Figure[],
  { scenario, name }: Pick<Figure, 'scenario' | 'name'>,
  server: ServerName,
): Figure[] {
  return figures.filter(
    (figure) => figure.scenario === scenario && figure.name === name && figure.server === server,
  );
}
