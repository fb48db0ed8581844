import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as Y from 'yjs';
import { z } from 'zod';
import type { Random } from '../support/random.ts';

/**
 * A session of several people in one text, in the format of the public collection
 * josephg/editing-traces (`kind: "concurrent"`). `parents` are indexes of earlier transactions;
 * a patch is position, count of deleted and inserted text, in Unicode code points.
 */
const traceShape = z.object({
  kind: z.literal('concurrent'),
  endContent: z.string(),
  numAgents: z.number().int().positive(),
  txns: z.array(
    z.object({
      parents: z.array(z.number().int()),
      agent: z.number().int(),
      patches: z.array(z.tuple([z.number().int(), z.number().int(), z.string()])),
    }),
  ),
});

export type Trace = z.infer<typeof traceShape>;
type Patch = Trace['txns'][number]['patches'][number];

/** Where the recorded sessions are, if they are at hand. */
const folder =
  process.env.TRACES_DIR || path.resolve(import.meta.dirname, '../../../shared/traces');

/** Two people's real session of 26,078 keystrokes; where it is not at hand, one of `madeUp` that is made up. */
export async function loadTrace(random: Random, madeUp = 12_000): Promise<Trace> {
  const file = path.join(folder, 'friendsforever.json.gz');
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (bytes === null) return makeTrace(random, madeUp);
  return traceShape.parse(JSON.parse(gunzipSync(bytes).toString('utf8')));
}

/** One edit of one agent. */
export interface Step {
  readonly update: Uint8Array;
  /** By clientID, how many edits of the others it builds on; only what is new since the last step. */
  readonly needs: readonly (readonly [client: number, clock: number])[];
}

/**
 * Each agent's edits as Yjs updates. Every agent edits a copy of its own, which before each
 * transaction has exactly that transaction's parents and theirs. Agent n writes as client n + 1,
 * since Yjs settles what two people type at one place at one moment by the client's number.
 */
export function planReplay({ txns, numAgents }: Trace): Step[][] {
  // Code points and UTF-16 units are the same where none is astral, and the text need not be read each time.
  const isPlain = !txns.some(({ patches }) => patches.some(([, , text]) => astral.test(text)));
  const agents = Array.from({ length: numAgents }, (_, agent) => new Agent(agent + 1, isPlain));
  const updates: (Uint8Array | null)[] = [];
  for (const [i, { agent, parents, patches }] of txns.entries()) {
    for (const before of unseen(agents[agent]!.seen, txns, parents)) {
      agents[agent]!.take(before, updates[before]!);
    }
    updates.push(agents[agent]!.edit(i, patches));
  }
  return agents.map(({ steps }) => steps);
}

class Agent {
  readonly steps: Step[] = [];
  readonly seen = new Set<number>();
  readonly #doc = new Y.Doc();
  readonly #needed = new Map<number, number>();
  readonly #isPlain: boolean;
  #written: Uint8Array | null = null;

  constructor(clientId: number, isPlain: boolean) {
    this.#isPlain = isPlain;
    this.#doc.clientID = clientId;
    this.#doc.on('update', (update: Uint8Array, origin) => {
      if (origin === this) this.#written = update;
    });
  }

  take(txn: number, update: Uint8Array | null): void {
    this.seen.add(txn);
    if (update !== null) Y.applyUpdate(this.#doc, update);
  }

  /** Null where the transaction changes nothing. */
  edit(txn: number, patches: readonly Patch[]): Uint8Array | null {
    this.seen.add(txn);
    const needs: [number, number][] = [];
    for (const client of this.#doc.store.clients.keys()) {
      const clock = Y.getState(this.#doc.store, client);
      if (client === this.#doc.clientID || this.#needed.get(client) === clock) continue;
      this.#needed.set(client, clock);
      needs.push([client, clock]);
    }
    this.#written = null;
    this.#doc.transact(() => {
      for (const patch of patches) applyPatch(this.#doc.getText('body'), patch, this.#isPlain);
    }, this);
    const update = this.#written as Uint8Array | null;
    if (update !== null) this.steps.push({ update, needs });
    return update;
  }
}

/** The parents and all before them that an agent does not have yet, oldest first. */
function unseen(seen: ReadonlySet<number>, txns: Trace['txns'], parents: readonly number[]) {
  const found = new Set<number>();
  const open = [...parents];
  for (let txn = open.pop(); txn !== undefined; txn = open.pop()) {
    if (seen.has(txn) || found.has(txn)) continue;
    found.add(txn);
    open.push(...txns[txn]!.parents);
  }
  return [...found].sort((a, b) => a - b);
}

const astral = /[\u{10000}-\u{10ffff}]/u;

function applyPatch(body: Y.Text, [at, deleted, inserted]: Patch, isPlain = false): void {
  let [from, to] = [at, at + deleted];
  const text = isPlain ? '' : body.toJSON();
  if (astral.test(text)) [from, to] = [unitsOf(text, from), unitsOf(text, to)];
  if (to > from) body.delete(from, to - from);
  if (inserted !== '') body.insert(from, inserted);
}

/** The UTF-16 units of the first `count` code points of a text. */
function unitsOf(text: string, count: number): number {
  let units = 0;
  for (let i = 0; i < count; i++) units += text.codePointAt(units)! > 0xffff ? 2 : 1;
  return units;
}

/**
 * A session in the same format, made up as people write: letter behind letter, some taken back at
 * once, and the caret goes elsewhere now and then. They write at the same time, and merge at times.
 */
export function makeTrace(random: Random, length: number, people = 2): Trace {
  const txns: Trace['txns'] = [];
  const docs = Array.from({ length: people }, (_, agent) =>
    Object.assign(new Y.Doc(), { clientID: agent + 1 }),
  );
  const pens = docs.map(() => new Pen(random));
  const last: (number | null)[] = docs.map(() => null);
  const exchange = (from: Y.Doc, to: Y.Doc) =>
    Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)));
  while (txns.length < length) {
    const agent = random.int(people);
    const own = docs[agent]!;
    const known = new Set([last[agent]!]);
    for (const [other, doc] of docs.entries()) {
      if (other === agent || random.int(8) > 0) continue;
      exchange(doc, own);
      known.add(last[other]!);
    }
    const parents = [...known].filter((txn) => txn !== null);
    const patches = pens[agent]!.write([...own.getText('body').toJSON()].length);
    for (const patch of patches.slice(0, length - txns.length)) {
      applyPatch(own.getText('body'), patch);
      const txn = txns.length;
      txns.push({ parents: [...parents], agent, patches: [patch] });
      parents.splice(0, parents.length, txn);
      last[agent] = txn;
    }
  }
  for (const doc of docs.slice(1)) exchange(doc, docs[0]!);
  const endContent = docs[0]!.getText('body').toJSON();
  return { kind: 'concurrent', numAgents: people, txns, endContent };
}

const words = [
  ...['the', 'buses', 'run', 'at', 'night', 'and', 'who', 'pays', 'for', 'them', 'is', 'asked'],
  ...['in', 'every', 'council', 'of', 'a', 'city', 'that', 'sleeps', '“quietly”', '—', '🙂'],
];

/** One person's caret, and what they type at it. Positions are in code points. */
class Pen {
  readonly #random: Random;
  #caret = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A few words without a break, a keystroke each, in a text of `length`. */
  write(length: number): Patch[] {
    const random = this.#random;
    const patches: Patch[] = [];
    const moves = random.int(5) === 0;
    this.#caret = moves ? random.int(length + 1) : Math.min(this.#caret, length);
    for (let count = 1 + random.int(12); count > 0; count--) {
      const end = random.pick([' ', ' ', ' ', ' ', ' ', ', ', '. ', '.\n']);
      for (const letter of random.pick(words) + end) patches.push([this.#caret++, 0, letter]);
      if (random.int(6) > 0) continue;
      const back = Math.min(this.#caret, 1 + random.int(6));
      for (let i = 0; i < back; i++) patches.push([--this.#caret, 1, '']);
    }
    return patches;
  }
}
