/** The life of a connection that comes back by itself. Pure: see `link.ts` for the sockets. */
import type { Ending, Trouble } from './state.ts';

/** How a state is entered says what the driver has to do. */
export type LinkState =
  /** A socket is being opened. `last`: what was wrong before; null on the first way. */
  | { readonly at: 'connecting'; readonly last: Trouble | null; readonly memory: Memory }
  | { readonly at: 'online'; readonly memory: Memory }
  /** The server is asked over plain HTTP, to find out what is wrong. */
  | { readonly at: 'probing'; readonly last: Trouble | null; readonly memory: Memory }
  /** The next try comes after `delayMs`. */
  | {
      readonly at: 'waiting';
      readonly reason: Trouble;
      readonly delayMs: number;
      readonly memory: Memory;
    }
  /** The page looks whether somebody is still signed in. */
  | { readonly at: 'renewing'; readonly memory: Memory }
  | { readonly at: 'ended'; readonly reason: Ending };

export interface Memory {
  /** Tries since the last connection that opened. */
  readonly failures: number;
  /** Of these, how often no socket opened although the server answered. */
  readonly blocked: number;
  /** When it was gone on after a 4401, in ms; older than 30 s is forgotten. */
  readonly renewals: readonly number[];
  /** Until when the server may be restarting, in ms. */
  readonly restartingUntil: number;
}

export type LinkEvent =
  | { readonly type: 'opened' }
  | { readonly type: 'closed'; readonly code: number; readonly wasOpen: boolean }
  | { readonly type: 'probed'; readonly reachable: boolean; readonly deviceOnline: boolean }
  | { readonly type: 'renewed'; readonly signedIn: boolean | null }
  | { readonly type: 'timer' }
  | { readonly type: 'retry' }
  | { readonly type: 'went-offline' }
  | { readonly type: 'resume' };

/** At most so many silent renewals … */
const mostRenewals = 3;
/** … within so many ms. */
const renewalWindowMs = 30_000;
const restartMs = 20_000;
const longestDelayMs = 4_000;
/** A socket that fails once may be bad luck; twice while HTTP works is somebody in between. */
const blockedAfter = 2;

const endings: Readonly<Record<number, Ending>> = {
  4400: 'bad-frame',
  4403: 'no-right',
  4404: 'no-such-piece',
  4409: 'schema',
  4413: 'too-large',
};

interface Chance {
  readonly now: number;
  readonly random: number;
}

const fresh: Memory = { failures: 0, blocked: 0, renewals: [], restartingUntil: 0 };

export const firstState: LinkState = { at: 'connecting', last: null, memory: fresh };

/**
 * The state after `event`. `now` in ms, `random` between 0 and 1: clients that lost the same server
 * do not all come back in one moment. Events that mean nothing in a state leave it as it is.
 */
export function nextState(state: LinkState, event: LinkEvent, { now, random }: Chance): LinkState {
  if (state.at === 'ended') return event.type === 'resume' ? firstState : state;
  const { memory } = state;
  switch (event.type) {
    case 'opened':
      if (state.at !== 'connecting') return state;
      return { at: 'online', memory: { ...memory, failures: 0, blocked: 0, restartingUntil: 0 } };
    case 'closed':
      if (state.at !== 'connecting' && state.at !== 'online') return state;
      return afterClose(state, event, { now, random });
    case 'probed':
      return state.at === 'probing' ? afterProbe(state.memory, event, { now, random }) : state;
    case 'renewed':
      return state.at === 'renewing' ? afterRenewal(state.memory, event.signedIn, now) : state;
    case 'timer':
    case 'retry':
      return state.at === 'waiting' ? { at: 'connecting', last: state.reason, memory } : state;
    case 'went-offline':
      // What is open may look open for minutes. The driver closes it.
      if (state.at === 'renewing') return state;
      return { at: 'waiting', reason: 'device-offline', delayMs: longestDelayMs, memory };
    case 'resume':
      return state;
  }
}

function afterClose(
  state: Extract<LinkState, { at: 'connecting' | 'online' }>,
  { code, wasOpen }: Extract<LinkEvent, { type: 'closed' }>,
  { now, random }: Chance,
): LinkState {
  const { memory } = state;
  const last = state.at === 'connecting' ? state.last : null;
  if (code === 4401) return { at: 'renewing', memory };
  const ending = endings[code];
  if (ending !== undefined) return { at: 'ended', reason: ending };
  const failures = memory.failures + 1;
  if (code === 1012) {
    const restarting = { ...memory, failures, restartingUntil: now + restartMs };
    return {
      at: 'waiting',
      reason: 'restarting',
      delayMs: spread(600, random),
      memory: restarting,
    };
  }
  if (code === 1013) {
    const delayMs = Math.max(500, backoff(failures, random));
    return { at: 'waiting', reason: 'overloaded', delayMs, memory: { ...memory, failures } };
  }
  // What was open and broke is tried again at once, before anybody is alarmed.
  if (wasOpen && memory.failures === 0) {
    const again = { ...memory, failures };
    return { at: 'waiting', reason: 'interrupted', delayMs: 50, memory: again };
  }
  return { at: 'probing', last, memory: { ...memory, failures } };
}

function afterProbe(
  memory: Memory,
  { reachable, deviceOnline }: Extract<LinkEvent, { type: 'probed' }>,
  { now, random }: Chance,
): LinkState {
  const blocked = reachable ? memory.blocked + 1 : 0;
  const delayMs = backoff(memory.failures, random);
  return { at: 'waiting', reason: reason(), delayMs, memory: { ...memory, blocked } };

  function reason(): Trouble {
    if (reachable) return blocked >= blockedAfter ? 'socket-blocked' : 'interrupted';
    if (!deviceOnline) return 'device-offline';
    return now < memory.restartingUntil ? 'restarting' : 'server-down';
  }
}

/**
 * `signedIn` is null where nobody could be asked. Somebody who is signed in and closed with 4401 all
 * the same is no reason to give up, nor to go round in a circle: the fourth time in the window waits
 * until the first has left it.
 */
function afterRenewal(memory: Memory, signedIn: boolean | null, now: number): LinkState {
  if (signedIn === false) return { at: 'ended', reason: 'signed-out' };
  // One that was to come later has come all the same, by "Try now" for instance.
  const recent = memory.renewals
    .map((at) => Math.min(at, now))
    .filter((at) => now - at < renewalWindowMs);
  const [first] = recent;
  if (first !== undefined && recent.length >= mostRenewals) {
    const next = first + renewalWindowMs;
    const waited = { ...memory, renewals: [...recent.slice(1), next] };
    return { at: 'waiting', reason: 'interrupted', delayMs: next - now, memory: waited };
  }
  const noted = (at: number) => ({ ...memory, renewals: [...recent, at] });
  if (signedIn) return { at: 'connecting', last: null, memory: noted(now) };
  // The next try comes after the look for the server: at the latest then.
  const asked = { ...noted(now + longestDelayMs), failures: memory.failures + 1 };
  return { at: 'probing', last: null, memory: asked };
}

function backoff(failures: number, random: number): number {
  return spread(Math.min(longestDelayMs, 250 * 2 ** failures), random);
}

/** Between half of `ms` and all of it. */
function spread(ms: number, random: number): number {
  return ms * (0.5 + random / 2);
}
