/**
 * Runs one command of the command line after the other within this process, each as if it were alone:
 * arguments, environment and exit code are its own, and it has ended when nothing of it holds the process.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const [cli] = process.argv.slice(2);
const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'];
/** How long a command may take to let go of what it holds, in ms. */
const patience = 15_000;
const { exit } = process;

class Exited extends Error {}

process.exit = (code = process.exitCode) => {
  process.exitCode = code;
  throw new Exited();
};
// Each opens a pipe where it is first asked for.
void [process.stdout, process.stderr];
process.setMaxListeners(0);
process.once('disconnect', () => exit.call(process));

const held = () =>
  process
    .getActiveResourcesInfo()
    .filter((kind) => kind !== 'Immediate')
    .sort()
    .join();
let before = '';

/** As Node ends a process by itself: when nothing is left to wait for. */
async function ended() {
  const deadline = Date.now() + patience;
  while (held() !== before) {
    if (Date.now() > deadline) throw new Error(`It does not end: ${held()} instead of ${before}`);
    await sleep(10);
  }
}

let runs = 0;
async function run({ args, env }) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.argv = [process.execPath, cli, ...args];
  process.exitCode = undefined;
  try {
    await import(`${new URL(cli, 'file:').href}?${(runs += 1)}`);
  } catch (error) {
    if (!(error instanceof Exited)) throw error;
  }
  await ended();
  for (const name of signals) process.removeAllListeners(name);
  const code = process.exitCode ?? 0;
  process.exitCode = undefined;
  return code;
}

process.on('message', async (message) => {
  await sleep(2);
  before = held();
  const code = await run(message);
  // Between the output of this command and that of the next.
  for (const fd of [1, 2]) writeSync(fd, message.end);
  process.send({ code });
});
process.send({ code: 0 });
