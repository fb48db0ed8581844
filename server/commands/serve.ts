import type { Logger } from 'pino';
import { createLog } from '../http/log.ts';
import { StartupError } from '../db/startup-error.ts';
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
    const end = await Promise.race([
      nextSignal().then((signal) => ({ signal, why: null })),
      server.outdated.then((why) => ({ signal: null, why })),
    ]);
    log.info(end, 'stopping');
    for (const name of signals) process.once(name, () => process.exit(1));
    const saved = await server.stop();
    if (saved || end.why !== null) {
      endSoon(log);
      if (end.why !== null) throw new StartupError(end.why);
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
