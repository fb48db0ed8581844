// Imported into a server before its own code, in the adversary scenario only: notes for how long its
// event loop was lost, and collects garbage, when the bench asks.
//
// A timer every few milliseconds, and how late it fires: what `monitorEventLoopDelay` does as well,
// but it cannot tell the time that the loop was busy from that in which the thread had no core. Linux
// counts the latter for each thread, in the second field of `schedstat`.
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setInterval } from 'node:timers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

const everyMs = 5;

/** Milliseconds in which this thread could have run, and had no core. */
function waitedMs() {
  return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[1]) / 1e6;
}

function watch() {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  let longest = { lost: 0, waited: 0 };
  let last = performance.now();
  let waited = waitedMs();
  setInterval(() => {
    const now = performance.now();
    const waitedNow = waitedMs();
    const lost = now - last - everyMs;
    if (lost > longest.lost) longest = { lost, waited: waitedNow - waited };
    last = now;
    waited = waitedNow;
  }, everyMs).unref();

  process.on('message', (message) => {
    if (message === 'collect-garbage') {
      collect();
      process.send('collected');
    }
    if (message === 'losses') {
      process.send(longest);
      longest = { lost: 0, waited: 0 };
    }
  });
  // A listener keeps the channel, and with it the process, alive.
  process.channel?.unref();
}

// A server's threads are started with the same flags.
if (isMainThread) watch();
