import { open } from 'node:fs/promises';
import { pino, type Logger } from 'pino';
import { BackupError } from '../backup/backup-error.ts';
import { takeEmbedded, type Host } from '../backup/reach.ts';
import { restoreBackup } from '../backup/restore.ts';
import type { Config } from '../config.ts';
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
          ...{ url: host.url, log, signOut, tell },
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

async function hostOf({ databaseUrl, dataDir }: Config, log: Logger): Promise<Host> {
  if (databaseUrl !== null) return { url: databaseUrl, stop: async () => undefined };
  return takeEmbedded(dataDir, log);
}
