import { beforeEach, expect, test } from 'vitest';
import { createHub, type Hub } from '../../server/bus/in-process.ts';
import { silentLog } from '../support/silent-log.ts';
import { contract } from './suites/contract.ts';
import { bytesOf, collect } from './suites/medium.ts';

let hubs = new Map<string, Hub>();
beforeEach(() => {
  hubs = new Map();
});

contract('a bus in the process', () => ({
  join(namespace = '') {
    const hub = hubs.get(namespace) ?? createHub();
    hubs.set(namespace, hub);
    return hub.join({ log: silentLog });
  },
  connections: async () => 0,
  runs: 200,
}));

test('C3 a server that is alone publishes to nobody, and counts nothing', async () => {
  const bus = createHub().join({ log: silentLog });
  const inbox = collect(bus, 'a');
  bus.publish('a', bytesOf('anybody?'));
  await new Promise(setImmediate);
  expect(inbox.got).toEqual([]);
  expect(bus.stats()).toMatchObject({ published: 0, received: 0, channels: 1 });
});
