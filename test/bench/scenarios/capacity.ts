/**
 * The figure that counts: how many people can type at 5 keys a second, two in each piece of four,
 * until delivery takes more than 50 ms at p99, with the server and its Postgres on two cores.
 *
 * One server at a time: thousands of idle connections to another would cost it what is measured.
 * Pieces are added as the search goes up; where it goes back, those at the end stay connected and
 * nobody types in them.
 */
import { names, type Figure } from '../figures.ts';
import { Crew, typedOf, type Typed } from '../load/crew.ts';
import { findMost, type Outcome } from '../measure/search.ts';
import type { Patience } from '../measure/steady.ts';
import { joinRooms, processesFor, stretch, warmUp, type Party } from '../measure/stretch.ts';
import type { Server } from '../servers/server.ts';
import { generatorDoubt } from './typing.ts';

const people = 4;
const typists = 2;
const keysPerSecond = 5;
const mostP99 = 50;
const seconds = 6;

/** In pieces. */
const search = { start: 40, most: 2_000, step: 1.25, near: 1.06 };

/** A load that takes more processes than one, as the largest that is likely does. */
const reckoned = { rooms: 300, people, typists };

export async function measureCapacity(
  server: Server,
  round: number,
  patience: Patience,
): Promise<Figure[]> {
  const party: Party = { server, crew: new Crew(processesFor(reckoned, keysPerSecond)) };
  const attempts = new Attempts(party);
  try {
    await attempts.grow(search.start);
    const warmth = await warmUp(party, keysPerSecond, patience);
    console.log(`  warm ${warmth.steady ? 'after' : 'NOT after'} ${warmth.seconds} s`);
    const found = await findMost((pieces) => attempts.at(pieces), search);
    const doubts = {
      server: null,
      generator: 'at least: it was the generator that could not do more (the generator’s limit)',
      ceiling: 'at least: more was not tried',
    };
    const value = found.size * typists;
    console.log(`  ${value} people typing; what ended it: ${found.limit}`);
    const what = { scenario: 'capacity', server: server.name, round } as const;
    return [{ ...what, name: names.capacity, value, doubt: doubts[found.limit] }];
  } finally {
    await party.crew.stop();
  }
}

class Attempts {
  private readonly party: Party;
  private joined = 0;
  /** A connection was lost: nobody is left to go on with. */
  private broken = false;

  constructor(party: Party) {
    this.party = party;
  }

  async grow(pieces: number): Promise<void> {
    if (pieces <= this.joined) return;
    await joinRooms(this.party, { rooms: pieces - this.joined, people, typists });
    this.joined = pieces;
  }

  async at(pieces: number): Promise<Outcome> {
    if (this.broken) return 'missed';
    try {
      await this.grow(pieces);
      const stint = { keysPerSecond, seconds, rooms: pieces, toTheLast: true };
      const { records, used, seconds: elapsed } = await stretch(this.party, stint);
      const typed = typedOf(records);
      const outcome = outcomeOf(typed);
      const load = Math.round(((used.user + used.system) / elapsed) * 100);
      console.log(
        `  ${pieces * typists} typing: p99 ${typed.deliveryP99.toFixed(1)} ms, server ${load} %, ` +
          `generator late p99 ${typed.lateP99.toFixed(1)} ms: ${outcome}`,
      );
      return outcome;
    } catch (error) {
      console.log(`  ${pieces * typists} typing: ${String(error)}`);
      this.broken = true;
      return 'missed';
    }
  }
}

/** A stretch in which the generator was late counts neither for a server nor against it. */
export function outcomeOf(
  typed: Pick<
    Typed,
    'missing' | 'deliveryP99' | 'generatorLoad' | 'lateP99' | 'skipped' | 'pressed'
  >,
): Outcome {
  if (generatorDoubt(typed) !== null) return 'void';
  return typed.missing === 0 && typed.deliveryP99 <= mostP99 ? 'held' : 'missed';
}
