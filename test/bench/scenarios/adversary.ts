/**
 * What one person can do to the rest: each attack of `test/adversary`, at full speed, while two
 * strangers type in another piece. A row for each, and of all rows the worst as figures.
 */
import { attacksNamed } from '../adversary/attack-list.ts';
import { Arenas } from '../adversary/arena.ts';
import { fight, type Duel, type Stretch } from '../adversary/duel.ts';
import { measureMemoryHeld } from '../adversary/memory-held.ts';
import { names, promises, type Figure } from '../figures.ts';
import type { Options } from '../options.ts';
import { printTable } from '../report.ts';

const MiB = 1024 * 1024;

/** `attack`: only those whose name holds it. `profile`: a folder for CPU profiles of the servers. */
export async function measureAdversaries({
  seconds,
  attack,
  profile,
}: Pick<Options, 'seconds' | 'attack' | 'profile'>): Promise<Figure[]> {
  const arenas = new Arenas(profile);
  try {
    const duels: Duel[] = [];
    for (const each of attacksNamed(attack)) {
      console.log(`  ${each.name}`);
      const duel = await fight(arenas, each, seconds);
      console.log(`    ${rowOf(duel).slice(1).join(' · ')}`);
      for (const fault of duel.faults) console.log(`    ${fault}`);
      duels.push(duel);
    }
    print(duels);
    const held = attack === null ? await measureMemoryHeld(arenas) : [];
    return [...worstOf(duels), ...held];
  } finally {
    await arenas.close();
  }
}

function print(duels: readonly Duel[]): void {
  console.log(
    '\nTimes in ms, of strangers in another piece; in brackets the same before the attack.',
  );
  console.log('"no core": how much of the longest loss the thread waited for a core.\n');
  printTable([
    ['attack', 'p50', 'p99', 'max', 'loop lost', 'no core', '/healthz', 'MiB before, peak', ''],
    ...duels.map(rowOf),
  ]);
}

function rowOf(duel: Duel): string[] {
  const { calm, attacked } = duel;
  if (calm === null || attacked === null) return [duel.attack, ...'–'.repeat(7), 'FAILED'];
  const both = (of: (stretch: Stretch) => number) => `${ms(of(attacked))} [${ms(of(calm))}]`;
  const { residentFirst, residentPeak } = attacked.probed;
  return [
    duel.attack,
    both(({ typed }) => typed.deliveryP50),
    both(({ typed }) => typed.deliveryP99),
    both(({ typed }) => typed.deliveryMax),
    both(({ loss }) => loss.lost),
    both(({ loss }) => loss.waited),
    both(({ probed }) => probed.healthMax),
    `${Math.round(residentFirst / MiB)}, ${Math.round(residentPeak / MiB)}`,
    holds(duel) ? 'ok' : 'HARMED',
  ];
}

function holds({ attacked, faults }: Duel): boolean {
  if (attacked === null || faults.length > 0) return false;
  const most = (name: string) => promises.find((promised) => promised.name === name)!.most!;
  return (
    attacked.typed.deliveryP99 <= most(names.attackedP99) &&
    attacked.loss.lost <= most(names.loopLost)
  );
}

function worstOf(duels: readonly Duel[]): Figure[] {
  const figure = (name: string, value: number, doubt: string | null = null): Figure => ({
    ...{ scenario: 'adversary', server: 'ours', round: 1, name, value, doubt },
  });
  // What could not be measured is as bad as can be.
  const worst = (of: (stretch: Stretch) => number) =>
    Math.max(...duels.map(({ attacked }) => (attacked === null ? Infinity : of(attacked))));
  const loss = worst(({ loss }) => loss.lost);
  const busy = worst(({ loss }) => loss.lost - loss.waited);
  const most = promises.find(({ name }) => name === names.loopLost)!.most!;
  const doubt =
    loss > most && busy <= most ? 'the loop was lost for want of a core: others ran' : null;
  return [
    figure(
      names.attackedP99,
      worst(({ typed }) => typed.deliveryP99),
    ),
    figure(names.loopLost, loss, doubt),
    figure(names.faults, duels.filter(({ faults }) => faults.length > 0).length),
  ];
}

function ms(value: number): string {
  return Number.isFinite(value) ? value.toFixed(value < 10 ? 1 : 0) : '∞';
}
