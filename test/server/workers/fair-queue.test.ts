import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FairQueue } from '../../../server/workers/fair-queue.ts';
import { Lanes } from '../../../server/workers/lanes.ts';

const job = (person: string | null, long = false) => ({ person, since: 0, long });

describe('B2 what waits for a thread', () => {
  test('who has used the threads least is next, however late they come', () => {
    const queue = new FairQueue<{ person: string | null; n: number }>(100, () => 0);
    for (let n = 0; n < 8; n++) queue.add({ person: 'heavy', n });
    expect(queue.take(() => true)).toMatchObject({ person: 'heavy', n: 0 });
    queue.charge('heavy', 10_000);
    queue.add({ person: 'stranger', n: 0 });
    expect(queue.take(() => true)?.person).toBe('stranger');
    queue.charge('stranger', 5);
    expect(queue.take(() => true)).toMatchObject({ person: 'heavy', n: 1 });
  });

  test('what somebody has used counts less as time goes by', () => {
    let now = 0;
    const queue = new FairQueue(100, () => now);
    queue.charge('a', 1_000);
    now = 60_000;
    expect(queue.used('a')).toBeCloseTo(500);
  });

  test('the surplus of one person is 429 with Retry-After, and nobody else’s', () => {
    const queue = new FairQueue(2);
    queue.add(job('heavy'));
    queue.add(job('heavy'));
    expect(() => queue.add(job('heavy'))).toThrowError(
      expect.objectContaining({ code: 'too_many_tasks', retryAfter: expect.any(Number) as number }),
    );
    queue.add(job('stranger'));
    expect(queue.size).toBe(3);
  });

  test('the server’s own work comes after everybody’s', () => {
    const queue = new FairQueue(10, () => 0);
    queue.add(job(null));
    queue.add(job('heavy'));
    queue.charge('heavy', 1e9);
    expect(queue.take(() => true)?.person).toBe('heavy');
    expect(queue.take(() => true)?.person).toBeNull();
  });

  test('the server’s own work waits for two seconds behind everybody’s, and not for ever', () => {
    let now = 0;
    const queue = new FairQueue(10, () => now);
    queue.add(job(null));
    queue.charge(null, 1e9);
    queue.add(job('a'));
    expect(queue.take(() => true)?.person).toBe('a');
    queue.add(job('b'));
    now = 2_000;
    expect(queue.take(() => true)?.person).toBeNull();
  });

  test('what several wait for is whoever’s of them has used least, also where they came later', () => {
    const queue = new FairQueue(10, () => 0);
    queue.charge('heavy', 1_000);
    queue.charge('light', 10);
    const askers = new Set(['heavy']);
    queue.add(job('heavy'));
    queue.add({ ...job('heavy'), askers });
    queue.add(job('light'));
    askers.add('stranger');
    const next = queue.take(() => true);
    expect(next).toMatchObject({ person: 'stranger', askers });
    expect(queue.take(() => true)?.person).toBe('light');
  });

  test('what somebody waits for who has little waiting is nobody’s surplus', () => {
    const queue = new FairQueue(1, () => 0);
    queue.add(job('heavy'));
    queue.add({ ...job('heavy'), askers: new Set(['heavy', 'stranger']) });
    expect(() => queue.add({ ...job('heavy'), askers: new Set(['heavy']) })).toThrow();
  });

  test('whatever people ask for, everything is taken once, each person’s in order', () => {
    const people = fc.constantFrom<(string | null)[]>('a', 'b', 'c', null);
    const step = fc.oneof(
      fc.record({ add: people, cost: fc.nat(5_000) }),
      fc.constant({ take: true as const }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new FairQueue<{ person: string | null; n: number; cost: number }>(
          1_000,
          () => 0,
        );
        const taken: { person: string | null; n: number }[] = [];
        let added = 0;
        const take = () => {
          const found = queue.take(() => true);
          if (found === undefined) return false;
          taken.push(found);
          queue.charge(found.person, found.cost);
          return true;
        };
        for (const one of steps) {
          if ('add' in one) queue.add({ person: one.add, n: added++, cost: one.cost });
          else take();
        }
        while (take());
        expect(taken).toHaveLength(added);
        for (const person of ['a', 'b', 'c', null]) {
          const own = taken.filter((one) => one.person === person).map(({ n }) => n);
          expect(own).toEqual([...own].sort((x, y) => x - y));
        }
      }),
    );
  });
});

describe('B2 lanes of threads', () => {
  test('one person has two of three places, and the third is the next one’s', () => {
    const lanes = new Lanes(3, 2);
    for (let i = 0; i < 2; i++) {
      const own = job('heavy');
      expect(lanes.mayBegin(own)).toBe(true);
      lanes.begin(own);
    }
    expect(lanes.mayBegin(job('heavy'))).toBe(false);
    expect(lanes.mayBegin(job('stranger'))).toBe(true);
  });

  test('what takes long leaves the short lane, one of each person', () => {
    const lanes = new Lanes(3, 2);
    const [first, second] = [job('heavy'), job('heavy')];
    lanes.begin(first);
    lanes.begin(second);
    lanes.goOnAsLong(first);
    lanes.goOnAsLong(second);
    expect([first.long, second.long]).toEqual([true, false]);
    expect(lanes.mayBegin(job('heavy'))).toBe(true);
    lanes.end(first);
    lanes.goOnAsLong(second);
    expect(second.long).toBe(true);
  });

  test('a single thread takes whatever comes', () => {
    const lanes = new Lanes(1, 0);
    expect(lanes.mayBegin(job(null))).toBe(true);
    lanes.begin(job(null));
    expect(lanes.mayBegin(job('a'))).toBe(false);
  });
});
