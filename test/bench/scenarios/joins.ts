/**
 * A crowd opens one piece of 4 MB at once, as when a link to it is sent to everybody: how long each waits for
 * the whole text, from connecting on, while somebody types in it; and whether anybody lacks a letter.
 */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { trackChild, stopChild } from '../cleanup.ts';
import { names, type Figure } from '../figures.ts';
import type { FromCrowd, JoinsJob, ToCrowd } from '../joins/crowd.ts';
import { openTyped } from '../joins/typist.ts';
import type { Target } from '../load/wire.ts';
import { ask } from '../page/piece.ts';
import type { Server } from '../servers/server.ts';
import { percentile } from '../stats.ts';

const people = 500;
/** Of the piece as a state, in bytes. */
const pieceBytes = 4_000_000;
const keysPerSecond = 5;
/** Typing before anybody comes, and when all are there, in ms. */
const leadMs = 2_000;
const requestsAtOnce = 8;

/** Runs once a round; `server` has nobody connected. */
export async function measureJoins(server: Server, round: number): Promise<Figure[]> {
  const { target } = server;
  const [room] = await server.rooms(1);
  if (room === undefined) throw new Error('no room was made');
  const tokens = await tokensOf(target, people, round);
  const typist = await openTyped(target, room, pieceBytes);
  const crowd = new Crowd({ target, room, tokens, typist: typist.clientId });
  try {
    await crowd.hears('ready');
    typist.type(keysPerSecond);
    await pause(leadMs);
    crowd.tell({ type: 'go' });
    const { took } = await crowd.hears('joined');
    await pause(leadMs);
    const { clock, text } = typist.stop();
    crowd.tell({ type: 'typed', clock, text });
    const { lacking, differing } = await crowd.hears('checked');
    console.log(`  ${took.length} of ${people} had it, the last after ${last(took)} ms`);
    return [
      figureOf(round, names.joinP50, percentile(all(took), 0.5)),
      figureOf(round, names.joinP99, percentile(all(took), 0.99)),
      figureOf(round, names.joinsLost, Math.max(lacking, people - took.length) + differing),
    ];
  } finally {
    typist.leave();
    await crowd.end();
  }
}

/** Who was not let in waits for ever. */
function all(took: readonly number[]): number[] {
  return [...took, ...Array<number>(people - took.length).fill(Infinity)];
}

const last = (took: readonly number[]) => Math.max(0, ...took).toFixed(0);

function figureOf(round: number, name: string, value: number): Figure {
  console.log(`  ${name}: ${value.toFixed(1)}`);
  return { scenario: 'joins', server: 'ours', round, name, value, doubt: null };
}

class Crowd {
  readonly #child;
  readonly #heard: FromCrowd[] = [];
  #wake = () => undefined as void;

  constructor(job: JoinsJob) {
    this.#child = fork(join(import.meta.dirname, '..', 'joins', 'crowd.ts'), [JSON.stringify(job)]);
    trackChild(this.#child);
    this.#child.on('message', (message: FromCrowd) => {
      this.#heard.push(message);
      this.#wake();
    });
    this.#child.once('exit', () => this.#wake());
  }

  tell(message: ToCrowd): void {
    this.#child.send(message);
  }

  async hears<Type extends FromCrowd['type']>(type: Type) {
    for (;;) {
      const next = this.#heard.shift();
      if (next?.type === type) return next as Extract<FromCrowd, { type: Type }>;
      if (next !== undefined) throw new Error(`${next.type} was heard before ${type}`);
      if (this.#child.exitCode !== null) throw new Error('the crowd has ended');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  end(): Promise<void> {
    return stopChild(this.#child);
  }
}

/** So many people, each with a token: shares are counted by person. */
async function tokensOf(target: Target, count: number, round: number): Promise<string[]> {
  const tokens: string[] = [];
  while (tokens.length < count) {
    const batch = Array.from({ length: Math.min(requestsAtOnce, count - tokens.length) }, (_, i) =>
      tokenOf(target, `joins-${round}-${tokens.length + i}`),
    );
    tokens.push(...(await Promise.all(batch)));
  }
  return tokens;
}

async function tokenOf(target: Target, name: string): Promise<string> {
  const unique = createHash('sha256').update(`${name} ${Date.now()}`).digest('hex').slice(0, 12);
  const person = { email: `${name}-${unique}@example.org`, name, role: 'admin' };
  const { id } = await ask<{ id: string }>(target, 'POST', '/api/users', person);
  const made = await ask<{ token: string }>(target, 'POST', `/api/users/${id}/tokens`, { name });
  return made.token;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
