import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Turns, type Share, type Speaking } from '../../server/collab/fair/turns.ts';
import type { ClientMessage } from '../../shared/protocol/messages.ts';

const message: ClientMessage = { type: 'queryPresence' };

let time = 0;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const newTurns = () => new Turns(() => time);

/** Lets `ms` pass, and the event loop turn. */
function pass(ms: number): void {
  for (let i = 0; i < ms; i++) {
    time++;
    vi.advanceTimersByTime(1);
  }
}

/** A connection whose messages each take up the event loop for `ms`; it notes what it handled. */
class Busy implements Speaking {
  readonly unfinished = 0;
  readonly unread = 0;
  held = false;
  handled = 0;
  readonly share: Share;
  readonly #log: string[];
  readonly #name: string;
  readonly #ms: number;

  constructor(turns: Turns, log: string[], { name, ms }: { name: string; ms: number }) {
    this.#log = log;
    this.#name = name;
    this.#ms = ms;
    this.share = turns.enter(name, this);
  }

  handle(): void {
    time += this.#ms;
    this.handled++;
    this.#log.push(this.#name);
  }

  ended(): void {
    this.#log.push(`${this.#name} ended`);
  }

  holdBack(on: boolean): void {
    this.held = on;
  }

  say(times = 1): void {
    for (let i = 0; i < times; i++) expect(this.share.take(this, message, 10)).toBe(true);
  }
}

test('B2 what is within a share is acted on at once, in the same turn', () => {
  const ann = new Busy(newTurns(), [], { name: 'ann', ms: 0.15 });
  for (let n = 1; n <= 100; n++) {
    ann.say();
    expect(ann.handled).toBe(n);
  }
  for (let second = 0; second < 10; second++) {
    for (let n = 0; n < 20; n++) ann.say();
    expect(ann.held).toBe(false);
    pass(1_000);
  }
  expect(ann.handled).toBe(300);
});

test('B2 what is over a share waits, with the sockets of that person that speak, and of nobody else', () => {
  const log: string[] = [];
  const turns = newTurns();
  const ann = new Busy(turns, log, { name: 'ann', ms: 15 });
  const second = new Busy(turns, log, { name: 'ann', ms: 15 });
  const bob = new Busy(turns, log, { name: 'bob', ms: 0 });
  ann.say(30);
  expect(ann.handled, 'a few at once').toBe(2);
  second.say();
  expect([ann.held, second.held, bob.held]).toEqual([true, true, false]);
  const silent = new Busy(turns, log, { name: 'ann', ms: 0 });
  expect(silent.held, 'nothing has to be held of who is silent').toBe(false);
  bob.say();
  const begun = time;
  while (ann.handled < 30) {
    bob.say();
    expect(log.at(-1), 'he is heard in the turn in which he speaks').toBe('bob');
    pass(1);
  }
  expect(log.slice(2).join(' '), 'one of hers at a time').not.toContain('ann ann');
  expect((28 * 15) / (time - begun), 'a quarter of the time').toBeLessThan(0.3);
  pass(200);
  expect(second.handled).toBe(1);
  expect([ann.held, second.held]).toEqual([false, false]);
});

test('B2 alone, a person has all of the time, in slices', () => {
  const turns = newTurns();
  const ann = new Busy(turns, [], { name: 'ann', ms: 5 });
  ann.say(100);
  const { handled } = ann;
  vi.advanceTimersToNextTimer();
  expect(ann.handled - handled, 'a slice').toBe(2);
  const begun = time;
  while (ann.handled < 100) pass(1);
  expect(time - begun).toBeLessThan(700);
});

test('B2 alone, a person over their share is heard as they speak, and not held back', () => {
  const turns = newTurns();
  const ann = new Busy(turns, [], { name: 'ann', ms: 1 });
  for (let said = 0; said < 3_000; said += 2) {
    ann.say(2);
    expect(ann.handled, 'at once').toBe(said + 2);
    expect(ann.held).toBe(false);
    pass(1);
  }
  const bob = new Busy(turns, [], { name: 'bob', ms: 0 });
  bob.say();
  ann.say(20);
  expect(ann.handled, 'no more when another is there').toBe(3_000);
  expect(ann.held).toBe(true);
});

test('B2 floods of many people do not put off another who is over their share', () => {
  const log: string[] = [];
  const turns = newTurns();
  const floods = Array.from({ length: 5 }, (_, n) => {
    const flood = new Busy(turns, log, { name: `flood ${n}`, ms: 10 });
    flood.say(1_000);
    return flood;
  });
  const bob = new Busy(turns, log, { name: 'bob', ms: 10 });
  bob.say(8);
  const begun = time;
  while (bob.handled < 8) pass(1);
  const handled = floods.reduce((sum, flood) => sum + flood.handled, 0);
  expect(handled).toBeLessThan(100);
  while (time < begun + 5_000) pass(1);
  expect(log.length * 10, 'half of the time').toBeLessThan(0.6 * time);
  turns.stop();
});

test('B2 an end comes after all that was said before it', () => {
  const log: string[] = [];
  const ann = new Busy(newTurns(), log, { name: 'ann', ms: 10 });
  ann.say(20);
  ann.share.leave(ann);
  expect(log).not.toContain('ann ended');
  pass(1_000);
  expect(ann.handled).toBe(20);
  expect(log.at(-1)).toBe('ann ended');
});

test('B2 a debt is not got rid of by coming back', () => {
  const turns = newTurns();
  const ann = new Busy(turns, [], { name: 'ann', ms: 60 });
  ann.say();
  ann.share.leave(ann);
  const back = new Busy(turns, [], { name: 'ann', ms: 0 });
  back.say();
  expect(back.handled).toBe(0);
  back.share.leave(back);
  pass(2_000);
  expect(new Busy(turns, [], { name: 'ann', ms: 0 }).share, 'forgotten').not.toBe(ann.share);
});

test('B2 what waits of one person is bounded', () => {
  const ann = new Busy(newTurns(), [], { name: 'ann', ms: 60 });
  let taken = 0;
  while (taken < 100 && ann.share.take(ann, message, 1024 * 1024)) taken++;
  expect(taken).toBeGreaterThan(20);
  expect(taken).toBeLessThan(40);
  let small = 0;
  while (small < 1_000_000 && ann.share.take(ann, message, 6)) small++;
  expect(small, 'each counts more than its bytes').toBeLessThan(200_000);
});

test('B2 all sockets of a person are held back where much of theirs waits', () => {
  const turns = newTurns();
  const ann = new Busy(turns, [], { name: 'ann', ms: 60 });
  const silent = new Busy(turns, [], { name: 'ann', ms: 1 });
  ann.say(2);
  expect([ann.held, silent.held]).toEqual([true, false]);
  for (let n = 0; n < 3; n++) ann.share.take(ann, message, 512 * 1024);
  expect([ann.held, silent.held]).toEqual([true, true]);
  const late = new Busy(turns, [], { name: 'ann', ms: 1 });
  late.say();
  expect(late.held).toBe(true);
  pass(2_000);
  expect([ann.held, silent.held, late.held], 'all are read on').toEqual([false, false, false]);
});

test('B2 a socket that has ended is not kept until all that waits has had its turn', () => {
  const turns = newTurns();
  const ann = new Busy(turns, [], { name: 'ann', ms: 60 });
  const gone = new Busy(turns, [], { name: 'ann', ms: 0 });
  ann.say();
  gone.say();
  expect(gone.held).toBe(true);
  ann.say(40);
  gone.share.leave(gone);
  while (ann.handled < 41) pass(1);
  pass(500);
  expect(ann.held).toBe(false);
  expect(gone.held, 'nobody has told it to read on').toBe(true);
});

test('B2 what of a person is being worked on counts with what waits, also when they have gone and come back', () => {
  const MiB = 1024 * 1024;
  const turns = newTurns();
  const ann = new Busy(turns, [], { name: 'ann', ms: 1 });
  const released = [10, 10, 10].map((size) => ann.share.hold(size * MiB));
  ann.share.leave(ann);
  pass(10_000);
  const back = new Busy(turns, [], { name: 'ann', ms: 1 });
  const bob = new Busy(turns, [], { name: 'bob', ms: 1 });
  expect(back.share.take(back, message, 3 * MiB)).toBe(false);
  expect(back.handled, 'nothing is done of it').toBe(0);
  expect(bob.share.take(bob, message, 30 * MiB), 'nobody else’s').toBe(true);
  back.say();
  for (const release of [...released, released[0]!]) release();
  expect(back.share.heldBytes, 'each counts once').toBe(0);
  expect(back.share.take(back, message, 40 * MiB), 'one alone, however long').toBe(true);
  back.share.leave(back);
  pass(10_000);
  expect(new Busy(turns, [], { name: 'ann', ms: 0 }).share, 'forgotten').not.toBe(ann.share);
});

test('D4 D5 nothing that waits is acted on while sockets are not read, nor after the end', () => {
  const turns = newTurns();
  const ann = new Busy(turns, [], { name: 'ann', ms: 60 });
  ann.say(30);
  const { handled } = ann;
  turns.hold(true);
  pass(100);
  expect(ann.handled).toBe(handled);
  turns.hold(false);
  pass(20);
  expect(ann.handled).toBeGreaterThan(handled);
  turns.stop();
  const then = ann.handled;
  pass(100);
  expect(ann.handled).toBe(then);
});
