import type { Logger } from 'pino';
import { createLog } from '../http/log.ts';
import { startServer } from '../main.ts';
import { configuration, print, run } from './context.ts';

/** Serves until SIGTERM, SIGINT or SIGHUP (its terminal has gone); a second one does not wait for what is still to be saved. */
export async function serve(): Promise<void> {
  await run(async () => {
    const config = configuration();
    const log = createLog(config.logLevel);
    const server = await startServer(config, log);
    if (server.notice !== null) print(server.notice);
    print(`Counterpoint is at ${config.publicUrl ?? server.url}`);
    const signal = await nextSignal();
    log.info({ signal }, 'stopping');
    for (const name of signals) process.once(name, () => process.exit(1));
    if (await server.stop()) {
      endSoon(log);
      return;
    }
    log.error({}, 'not everything could be saved in time');
    // What still tries to reach the database must not keep the process (D5).
    process.exit(1);
  });
}

/** In ms. */
const lingersMs = 2_000;

/** All is saved and closed. What still waits, to try something again for instance, is not waited for. */
function endSoon(log: Logger): void {
  setTimeout(() => {
    log.warn({ holding: process.getActiveResourcesInfo() }, 'ended with something under way');
    process.exit();
  }, lingersMs).unref();
}

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    const heard = (signal: string) => {
      for (const name of signals) process.off(name, heard);
      resolve(signal);
    };
    for (const name of signals) process.on(name, heard);
  });
}
