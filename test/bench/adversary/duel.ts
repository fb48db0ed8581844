/** One attack, and two strangers who type in another piece meanwhile. */
import type { Attack } from '../../adversary/attack.ts';
import { Crew, typedOf, type Typed } from '../load/crew.ts';
import type { LoopLoss } from '../servers/server.ts';
import type { Arena, Arenas } from './arena.ts';
import { Attacker } from './attacker-control.ts';
import { Probe, type Probed } from './probe.ts';

export interface Stretch {
  readonly typed: Typed;
  readonly loss: LoopLoss;
  readonly probed: Probed;
}

export interface Duel {
  readonly attack: string;
  /** Before the attack, and during it. Null where it could not be measured. */
  readonly calm: Stretch | null;
  readonly attacked: Stretch | null;
  /** How often the attack was through; null: it was not to be ended. */
  readonly through: number | null;
  /** What went wrong besides: strangers thrown out, errors in the log, a piece that does not verify. */
  readonly faults: readonly string[];
}

/** So often that a second of silence is a tenth of all keystrokes, and not a single one. */
const keysPerSecond = 20;
const warmUpSeconds = 3;
const calmSeconds = 4;
/** An op-ed of 700 words. */
const characters = 4_000;
/** A server that gives no word for so long is measured enough. */
const patienceMs = 60_000;

export async function fight(arenas: Arenas, attack: Attack, seconds: number): Promise<Duel> {
  const arena = await arenas.open(attack.env);
  const attacker = new Attacker();
  const strangers = new Crew();
  const faults: string[] = [];
  let calm: Stretch | null = null;
  let attacked: Stretch | null = null;
  let through: number | null = null;
  try {
    await attacker.prepare(attack.name, arena.ground);
    await seat(strangers, arena);
    calm = await stretch(arena, strangers, { warmUpSeconds, seconds: calmSeconds });
    attacker.begin();
    attacked = await within(stretch(arena, strangers, { warmUpSeconds: 0, seconds }));
    through = await attacker.end();
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
  } finally {
    await attacker.stop();
    await strangers.stop();
  }
  if (attacked !== null && attacked.typed.missing > 0) {
    faults.push(`${attacked.typed.missing} keystrokes of strangers never arrived`);
  }
  faults.push(...(await arena.end()));
  return { attack: attack.name, calm, attacked, through, faults };
}

/** Somebody with a piece of their own, in two windows. */
async function seat(strangers: Crew, { server, ground }: Arena): Promise<void> {
  const stranger = await ground.person('Bench Stranger');
  const piece = await ground.piece({ title: 'Elsewhere' });
  await ground.member(piece, stranger, 'writer');
  const target = { ...server.target, params: { token: stranger.token } };
  await strangers.join({ target, rooms: [piece], people: 2, typists: 2, characters });
}

async function stretch(
  { server, ground }: Arena,
  strangers: Crew,
  times: { readonly warmUpSeconds: number; readonly seconds: number },
): Promise<Stretch> {
  await server.losses();
  const probe = new Probe(ground.url, server.pid);
  const typed = typedOf(await strangers.type({ ...times, keysPerSecond, toTheLast: true }));
  return { typed, probed: await probe.stop(), loss: await server.losses() };
}

async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer for ${patienceMs} ms`)), patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
