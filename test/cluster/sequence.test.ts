import { expect, test } from 'vitest';
import { Sequence } from '../../server/collab/replication/sequence.ts';
import { runSeed, seeded } from '../support/random.ts';

const row = (seq: number) => ({ seq, author: null, at: new Date(0), update: new Uint8Array() });

test('C1 C2 rows that come in any order, some of them twice, are taken in the journal’s, without gaps, and own ones not at all', () => {
  const first = runSeed();
  for (let seed = first; seed < first + 500; seed++) {
    const random = seeded(seed);
    const count = 1 + random.int(40);
    const from = random.int(5);
    const isOwn = Array.from({ length: count }, () => random.int(2) === 0);
    // Runs of rows, as commits have them, in any order.
    const runs: { readonly from: number; readonly to: number; readonly own: boolean }[] = [];
    for (let i = 0; i < count;) {
      let to = i;
      while (to + 1 < count && isOwn[to + 1] === isOwn[i] && random.int(3) > 0) to++;
      runs.push({ from: from + 1 + i, to: from + 1 + to, own: isOwn[i]! });
      i = to + 1;
    }
    const coming = runs.flatMap((run) => (run.own || random.int(3) > 0 ? [run] : [run, run]));
    for (let i = coming.length - 1; i > 0; i--) {
      const j = random.int(i + 1);
      [coming[i], coming[j]] = [coming[j]!, coming[i]!];
    }
    const sequence = new Sequence(from);
    const taken: number[] = [];
    let [seq, come] = [from, new Set<number>()];
    for (const run of coming) {
      const seqs = Array.from({ length: run.to - run.from + 1 }, (_, i) => run.from + i);
      come = new Set([...come, ...seqs]);
      if (run.own) sequence.own(run.from, run.to);
      else sequence.foreign(seqs.map(row));
      for (let next = sequence.take(); next !== null; next = sequence.take()) {
        taken.push(...next.foreign.map((one) => one.seq));
      }
      while (come.has(seq + 1)) seq++;
      expect([sequence.seq, sequence.last], `SEED=${seed}`).toEqual([seq, Math.max(seq, ...come)]);
    }
    const foreign = isOwn.flatMap((own, i) => (own ? [] : [from + 1 + i]));
    expect(taken, `SEED=${seed}`).toEqual(foreign);
    expect(sequence.seq, `SEED=${seed}`).toBe(from + count);
  }
});
