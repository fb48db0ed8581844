import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Delivery } from '../../server/collab/room/delivery.ts';
import { until } from '../support/until.ts';

describe('B1 a frame to a crowd', () => {
  const crowd = () => new Set(Array.from({ length: 5_000 }, (_, i) => i));
  const failed = (err: unknown) => {
    throw err;
  };

  test('goes in turns, what was sent first first to each, and to nobody who has gone', async () => {
    const members = crowd();
    const delivery = new Delivery(members, failed);
    const heard: string[] = [];
    delivery.send((member) => heard.push(`1 ${member}`));
    expect([heard.length, delivery.busy]).toEqual([200, true]);
    members.add(5_000);
    delivery.send((member) => heard.push(`2 ${member}`));
    members.delete(4_999);
    await until('all have heard it', () => !delivery.busy);
    const all = Array.from({ length: 4_999 }, (_, i) => i);
    expect(heard).toEqual([
      ...all.map((member) => `1 ${member}`),
      ...[...all, 5_000].map((member) => `2 ${member}`),
    ]);
  });

  test('lets others have turns between', async () => {
    const delivery = new Delivery(crowd(), failed);
    const another = new Delivery(crowd(), failed);
    let [written, most] = [0, 0];
    delivery.send(() => written++);
    another.send(() => written++);
    await turn();
    for (let before = written; delivery.busy || another.busy; before = written) {
      await turn();
      most = Math.max(most, written - before);
    }
    expect(written).toBe(10_000);
    expect(most, 'in one turn').toBeLessThanOrEqual(200);
  });

  test('is sent at once where the room is closed, and where only a few are there', () => {
    const delivery = new Delivery(crowd(), failed);
    let [first, few] = [0, 0];
    delivery.send(() => first++);
    delivery.flush();
    expect([first, delivery.busy]).toEqual([5_000, false]);
    new Delivery(new Set([1, 2, 3]), failed).send(() => few++);
    expect(few).toBe(3);
  });
});
