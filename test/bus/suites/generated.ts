import fc from 'fast-check';
import { expect } from 'vitest';
import type { Bus } from '../../../server/bus/bus.ts';
import { until } from '../../support/until.ts';
import { bytesOf, collect, textOf, type Inbox } from './medium.ts';

type Step =
  | { readonly does: 'subscribe'; readonly server: number; readonly channel: number }
  | { readonly does: 'unsubscribe'; readonly which: number }
  | { readonly does: 'publish'; readonly server: number; readonly channel: number };

const servers = 3;
const channels = 4;
const place = { server: fc.nat(servers - 1), channel: fc.nat(channels - 1) };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ does: fc.constant('subscribe' as const), ...place }) },
    {
      weight: 1,
      arbitrary: fc.record({ does: fc.constant('unsubscribe' as const), which: fc.nat() }),
    },
    { weight: 5, arbitrary: fc.record({ does: fc.constant('publish' as const), ...place }) },
  ),
  { minLength: 5, maxLength: 60 },
);

/** The model: what has been published by whom, and between which of it somebody listened. */
interface Listening {
  readonly inbox: Inbox;
  readonly server: number;
  readonly channel: number;
  /** How much each server had published on the channel when `ready` resolved, and when it ended. */
  readonly from: readonly number[];
  to: readonly number[] | null;
}

/** A property of any sequence of steps on three buses, for `fc.assert`. */
export function generated(buses: readonly Bus[]) {
  let run = 0;
  return fc.asyncProperty(steps, async (sequence) => {
    run += 1;
    const name = (channel: number) => `run ${run} channel ${channel}`;
    /** By channel and server. */
    const published = Array.from({ length: channels }, () => Array<number>(servers).fill(0));
    const all: Listening[] = [];
    const publish = (server: number, channel: number) => {
      const count = (published[channel]![server]! += 1);
      buses[server]!.publish(name(channel), bytesOf(`${server}/${count}`));
    };

    for (const step of sequence) {
      if (step.does === 'publish') publish(step.server, step.channel);
      else if (step.does === 'subscribe') {
        const inbox = collect(buses[step.server]!, name(step.channel));
        expect(await inbox.ready).toBe(true);
        all.push({ ...step, inbox, from: [...published[step.channel]!], to: null });
      } else {
        const open = all.filter(({ to }) => to === null);
        const one = open[step.which % open.length];
        if (one === undefined) continue;
        one.inbox.end();
        one.to = [...published[one.channel]!];
      }
    }
    for (let channel = 0; channel < channels; channel += 1) {
      for (let server = 0; server < servers; server += 1) publish(server, channel);
    }
    for (const one of all) await check(one);
    for (const { inbox } of all) inbox.end();

    /**
     * Of each other server: a run of its messages without a hole, that begins no later than `ready`, and
     * ends with the last, or anywhere before the end of listening.
     */
    async function check({ inbox, server, channel, from, to }: Listening): Promise<void> {
      for (let sender = 0; sender < servers; sender += 1) {
        const numbers = () =>
          inbox.got.map(textOf).flatMap((text) => {
            const [who, number] = text.split('/').map(Number) as [number, number];
            return who === sender ? [number] : [];
          });
        const last = published[channel]![sender]!;
        if (sender === server) {
          expect(numbers()).toEqual([]);
          continue;
        }
        if (to === null) await until('the last has come', () => numbers().at(-1) === last);
        const got = numbers();
        const first = got[0] ?? 0;
        expect(got).toEqual(got.map((_, at) => first + at));
        if (got.length > 0) expect(first).toBeLessThanOrEqual(from[sender]! + 1);
        if (to !== null) expect(got.at(-1) ?? 0).toBeLessThanOrEqual(to[sender]!);
      }
    }
  });
}
