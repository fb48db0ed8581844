// Imported into every server before its own code: tells the bench, when it asks, the CPU time of this
// process as the kernel counts it (`getrusage`: all threads, user and system). What `/proc` says comes
// in ticks of 10 ms, too coarse for short stretches.
import { isMainThread } from 'node:worker_threads';

// A server's threads are started with the same flags.
if (isMainThread && process.send !== undefined) {
  process.on('message', (message) => {
    if (message === 'usage') process.send(process.cpuUsage());
  });
  // A listener keeps the channel, and with it the process, alive.
  process.channel?.unref();
}
