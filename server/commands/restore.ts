import { open } from 'node:fs/promises';
import { pino, type Logger } from 'pino';
import { BackupError } from '../backup/backup-error.ts';
import { takeEmbedded, type Host } from '../backup/reach.ts';
import { restoreBackup } from '../backup/restore.ts';
import type { Config } from '../config.ts';
import { addressOf } from '../db/address/parse.ts';
import { explain } from '../db/opening/explain.ts';
import { probe } from '../db/opening/probe.ts';
import { createLog } from '../http/log.ts';
import { CommandError, configuration, messageOf, print, run, tell } from './context.ts';

export interface RestoreCommandOptions {
  /** Leaves all sessions out: everybody has to sign in. */
  readonly signOut?: boolean;
}

/** Restores a backup into an empty database, and reads every piece of it. */
export async function restore(file: string, { signOut = false }: RestoreCommandOptions) {
  await run(async () => {
    const config = configuration();
    const log = createLog('warn', pino.destination({ dest: 2, sync: true }));
    const handle = await open(file, 'r').catch((cause: unknown) => {
      throw new CommandError(`${file} cannot be read: ${messageOf(cause)}`, { cause });
    });
    try {
      const host = await hostOf(config, log);
      try {
        const { manifest, problems } = await restoreBackup(handle, {
          ...{ url: host.url, pooled: host.pooled, log, signOut, tell },
        });
        for (const problem of problems) tell(problem);
        const { moment, texts, journalRows, people } = manifest;
        if (problems.length > 0) {
          throw new CommandError(`Restored, but not all is as it was at ${moment}; see above`);
        }
        print(
          `Restored ${texts.rows} pieces with ${journalRows} journal rows, and ${people} people. ` +
            `Every text is as it was at ${moment}.`,
        );
      } finally {
        await host.stop();
      }
    } catch (error) {
      if (!(error instanceof BackupError)) throw error;
      throw new CommandError(`${file} is not restored. ${error.message}`, { cause: error });
    } finally {
      await handle.close();
    }
  });
}

/** `pooled`: a pooler has connections to it, whether we go by it or not. */
type Target = Host & { readonly pooled: boolean };

async function hostOf(config: Config, log: Logger): Promise<Target> {
  const { databaseUrl, databaseDirectUrl, dataDir } = config;
  if (databaseUrl === null) return { ...(await takeEmbedded(dataDir, log)), pooled: false };
  // Past a pooler, as migrations go, which are a part of it.
  const url = databaseDirectUrl ?? databaseUrl;
  try {
    const found = await probe(url, log);
    const pooled = found.pooled || databaseDirectUrl !== null;
    return { url: found.url, pooled, stop: async () => undefined };
  } catch (error) {
    throw explain(error, addressOf(url));
  }
}
