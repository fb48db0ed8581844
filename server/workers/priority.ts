import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/**
 * In steps of nice: the event loop gets three times as much of a core. More, and on a machine that is
 * busy with something else a reading would not come to its end in time.
 */
const nicer = 5;

/**
 * Makes the thread that calls it yield to the event loop where there are fewer cores than threads.
 * On Linux a thread has a priority of its own; elsewhere the call is left out, since it would be the
 * whole process that yields.
 */
export function yieldToServer(): void {
  if (process.platform !== 'linux') return;
  // `<pid>/task/<thread id>`, of the thread that reads it.
  const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  if (Number.isInteger(thread) && thread !== process.pid) setPriority(thread, nicer);
}
