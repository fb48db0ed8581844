// Imported into a server before its own code (NODE_OPTIONS): at each SIGUSR2 it collects garbage and
// prints, as a line of its own, how many bytes it still holds.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

// A server's threads are started with the same flags.
if (isMainThread) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  process.on('SIGUSR2', () => {
    // The first run finalizes what the second frees.
    collect();
    collect();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    const parts = { heapUsed, external, arrayBuffers };
    console.log(JSON.stringify({ level: 30, held: heapUsed + external, ...parts }));
  });
}
