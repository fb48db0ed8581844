import { describe, expect, test } from 'vitest';
import {
  firstState,
  nextState,
  type LinkEvent,
  type LinkState,
} from '../../../client/collab/link-state.ts';
import { runSeed, seeded, type Random } from '../../support/random.ts';

const seed = runSeed();

/** Steps through events, each at its time. */
class Walk {
  state: LinkState = firstState;
  now = 1_000_000;
  readonly random: () => number;

  constructor(random: () => number = () => 0.5) {
    this.random = random;
  }

  step(event: LinkEvent): LinkState {
    this.state = nextState(this.state, event, { now: this.now, random: this.random() });
    return this.state;
  }

  closed(code: number, wasOpen = false): LinkState {
    return this.step({ type: 'closed', code, wasOpen });
  }

  probed(reachable: boolean, deviceOnline = true): LinkState {
    return this.step({ type: 'probed', reachable, deviceOnline });
  }

  /** Waits as long as the state says. */
  wait(): LinkState {
    if (this.state.at === 'waiting') this.now += this.state.delayMs;
    return this.step({ type: 'timer' });
  }

  online(): this {
    this.step({ type: 'opened' });
    expect(this.state.at).toBe('online');
    return this;
  }
}

describe('What a close code means', () => {
  const endings = {
    4400: 'bad-frame',
    4403: 'no-right',
    4404: 'no-such-piece',
    4409: 'schema',
    4413: 'too-large',
  };
  test.each(Object.entries(endings))(
    '%s: the session ends, and does not come back',
    (code, why) => {
      for (const walk of [new Walk(), new Walk().online()]) {
        const ended = walk.closed(Number(code), walk.state.at === 'online');
        expect(ended).toEqual({ at: 'ended', reason: why });
        for (const event of ['timer', 'retry', 'opened', 'went-offline'] as const) {
          expect(walk.step({ type: event })).toBe(ended);
        }
        expect(walk.step({ type: 'resume' })).toEqual(firstState);
      }
    },
  );

  test('1012: it comes back within a moment, and a server that is down then is restarting', () => {
    const walk = new Walk().online();
    expect(walk.closed(1012, true)).toMatchObject({ at: 'waiting', reason: 'restarting' });
    walk.wait();
    walk.closed(1006);
    expect(walk.probed(false)).toMatchObject({ at: 'waiting', reason: 'restarting' });
    walk.now += 20_000;
    walk.step({ type: 'retry' });
    walk.closed(1006);
    expect(walk.probed(false)).toMatchObject({ at: 'waiting', reason: 'server-down' });
  });

  test('1013: it comes back, later each time', () => {
    const walk = new Walk();
    const delays: number[] = [];
    for (let i = 0; i < 8; i++) {
      const state = walk.closed(1013);
      if (state.at !== 'waiting') throw new Error(state.at);
      expect(state.reason).toBe('overloaded');
      delays.push(state.delayMs);
      walk.wait();
    }
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(delays[0]).toBeGreaterThanOrEqual(500);
    expect(delays.at(-1)).toBeLessThanOrEqual(4_000);
  });

  test.each([1000, 1001, 1005, 1006, 1011])('%s: what was open is tried again at once', (code) => {
    const walk = new Walk().online();
    expect(walk.closed(code, true)).toMatchObject({ at: 'waiting', reason: 'interrupted' });
    walk.wait();
    expect(walk.state.at).toBe('connecting');
    expect(walk.closed(1006).at).toBe('probing');
  });
});

describe('Why there is no connection, in one word', () => {
  test('no socket opens though HTTP answers: blocked, from the second failure on', () => {
    const walk = new Walk();
    walk.closed(1006);
    expect(walk.probed(true)).toMatchObject({ reason: 'interrupted' });
    walk.wait();
    walk.closed(1006);
    expect(walk.probed(true)).toMatchObject({ reason: 'socket-blocked' });
    walk.wait();
    expect(walk.online().closed(1006, true), 'one that opened is not blocked').toMatchObject({
      reason: 'interrupted',
    });
  });

  test('nothing answers: the device has no network, or the server is down', () => {
    const walk = new Walk();
    walk.closed(1006);
    expect(walk.probed(false, false)).toMatchObject({ reason: 'device-offline' });
    walk.wait();
    walk.closed(1006);
    expect(walk.probed(false)).toMatchObject({ reason: 'server-down' });
  });

  test('a device that says it is offline is believed, and tried when it says otherwise', () => {
    const walk = new Walk().online();
    expect(walk.step({ type: 'went-offline' })).toMatchObject({
      at: 'waiting',
      reason: 'device-offline',
    });
    expect(walk.step({ type: 'retry' })).toMatchObject({ at: 'connecting' });
  });
});

describe('4401: the page looks whether somebody is signed in', () => {
  test('who is signed in goes on silently', () => {
    const walk = new Walk().online();
    expect(walk.closed(4401, true).at).toBe('renewing');
    expect(walk.step({ type: 'renewed', signedIn: true }).at).toBe('connecting');
  });

  test('who is not is asked to sign in, and goes on after that', () => {
    const walk = new Walk().online();
    walk.closed(4401, true);
    const ended = walk.step({ type: 'renewed', signedIn: false });
    expect(ended).toEqual({ at: 'ended', reason: 'signed-out' });
    expect(walk.step({ type: 'resume' })).toEqual(firstState);
  });

  test.each([true, null])(
    'at most 3 attempts in any 30 s, and no dead end (signed in: %s)',
    (signedIn) => {
      const walk = new Walk();
      const attempts: number[] = [];
      while (attempts.length < 30) {
        walk.closed(4401);
        expect(walk.state.at).toBe('renewing');
        walk.step({ type: 'renewed', signedIn });
        if (walk.state.at === 'probing') walk.probed(true);
        if (walk.state.at === 'waiting') walk.wait();
        expect(walk.state.at).toBe('connecting');
        attempts.push(walk.now);
      }
      for (const from of attempts) {
        const within = attempts.filter((at) => at >= from && at < from + 30_000);
        expect(within.length).toBeLessThanOrEqual(3);
      }
    },
  );
});

const codes = [1000, 1006, 1012, 1013, 4401, 4403];

/** An event such as the driver would send in this state, or one out of turn. */
function someEvent(state: LinkState, random: Random): LinkEvent {
  const fitting: Record<LinkState['at'], () => LinkEvent> = {
    connecting: () =>
      random.int(3) === 0
        ? { type: 'opened' }
        : { type: 'closed', code: random.pick(codes), wasOpen: false },
    online: () => ({ type: 'closed', code: random.pick(codes), wasOpen: true }),
    probing: () => ({
      type: 'probed',
      reachable: random.int(2) === 0,
      deviceOnline: random.int(3) > 0,
    }),
    waiting: () => ({ type: 'timer' }),
    renewing: () => ({ type: 'renewed', signedIn: random.pick([true, null]) }),
    ended: () => ({ type: 'resume' }),
  };
  if (random.int(5) > 0) return fitting[state.at]();
  return random.pick<LinkEvent>([
    { type: 'opened' },
    { type: 'timer' },
    { type: 'retry' },
    { type: 'went-offline' },
    { type: 'resume' },
    { type: 'renewed', signedIn: true },
    { type: 'probed', reachable: true, deviceOnline: true },
    { type: 'closed', code: random.pick(codes), wasOpen: random.int(2) === 0 },
  ]);
}

test(`whatever happens in whatever order, it waits at most 4 s, or 30 s after a 4401 (seed ${seed})`, () => {
  const random = seeded(seed);
  const walk = new Walk(() => random.next());
  const delays = new Set<number>();
  for (let i = 0; i < 20_000; i++) {
    const before = walk.state;
    const event = someEvent(before, random);
    const state = walk.step(event);
    walk.now += random.int(3_000);
    if (state.at !== 'waiting' || state === before) continue;
    delays.add(state.delayMs);
    const most = before.at === 'renewing' ? 30_000 : 4_000;
    expect(state.delayMs, `${i}: ${JSON.stringify([before, event, state])}`).toBeGreaterThan(0);
    expect(state.delayMs, `${i}: ${JSON.stringify([before, event, state])}`).toBeLessThanOrEqual(
      most,
    );
  }
  expect(delays.size, 'those who lost the same server do not come back as one').toBeGreaterThan(
    100,
  );
});
