import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { createLog } from '../http/log.ts';
import { StartupError } from '../db/startup-error.ts';
import { startServer, type RunningServer } from '../main.ts';
import { configuration, print, run } from './context.ts';
import type { StopSignals } from './signals.ts';

/** Serves until it is told to stop; a second signal does not wait for what is still to be saved. */
export async function serve(signals: StopSignals): Promise<void> {
  await run(async () => {
    const config = configuration();
    const log = createLog(config.logLevel);
    const server = await start(config, log, signals);
    // Nobody was served. What a start has under way, a question to a database for instance, is not waited for.
    if (server === null) process.exit(0);
    if (server.notice !== null) print(server.notice);
    print(`Counterpoint is at ${config.publicUrl ?? server.url}`);
    const end = await Promise.race([
      signals.first.then((signal) => ({ signal, why: null })),
      server.outdated.then((why) => ({ signal: null, why })),
    ]);
    log.info(end, 'stopping');
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

/** Null: it was told to stop before it could serve. What it had opened is closed, or ends with this process. */
async function start(
  config: Config,
  log: Logger,
  { first, stopping }: StopSignals,
): Promise<RunningServer | null> {
  const settled = new AbortController();
  const late = first
    .then(() => sleep(config.limits.shutdownMs, null, { signal: settled.signal }))
    .catch(() => null);
  try {
    return await Promise.race([startServer(config, log, { stopping }), late]);
  } catch (err) {
    if (!stopping.aborted) throw err;
    log.info({ err }, 'stopped while starting');
    return null;
  } finally {
    settled.abort();
  }
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
