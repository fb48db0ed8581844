import { createRedisBus } from '../../server/bus/redis/redis.ts';
import { silentLog } from '../support/silent-log.ts';

/** Two buses over the Redis of the URL: prints what the one has sent to the other, and ends. */
const [url = ''] = process.argv.slice(2);
const buses = [0, 1].map(() => createRedisBus(url, { log: silentLog, namespace: '' }));
const [sender, receiver] = buses as [(typeof buses)[0], (typeof buses)[0]];
const heard = new Promise<void>((resolve) => {
  receiver.subscribe('a', (message) => {
    process.stdout.write(`${new TextDecoder().decode(message)}\n`);
    resolve();
  });
});
const tell = () => sender.publish('a', new TextEncoder().encode('by TLS'));
receiver.onGap(tell);
sender.onGap(tell);
await heard;
await Promise.all(buses.map((bus) => bus.close()));
