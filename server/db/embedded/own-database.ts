import type { Log } from '../../collab/ports.ts';
import { lockDataDir } from '../data-dir-lock.ts';
import { startEmbedded } from '../embedded.ts';
import { oneLine } from '../opening/explain.ts';
import { StartupError } from '../startup-error.ts';

export interface Host {
  readonly url: string;
  stop(): Promise<void>;
  /** For who cannot wait for `stop`: see `EmbeddedPostgres`. */
  abandon(): void;
}

export interface OwnDatabaseOptions {
  readonly dataDir: string;
  readonly log: Log;
  /** Connections of the server, for which there has to be room. */
  readonly connections: number;
}

/** Beside those of the server: commands that run meanwhile, and whoever looks. */
const otherConnections = 14;

/** Starts the embedded Postgres in `dataDir`, with its lock held. @throws StartupError */
export async function ownDatabase(options: OwnDatabaseOptions): Promise<Host> {
  const { dataDir, log, connections } = options;
  try {
    const lock = await lockDataDir(dataDir);
    const settings = { max_connections: String(Math.max(50, connections + otherConnections)) };
    try {
      const postgres = await startEmbedded({ dataDir, log, settings });
      return {
        url: `${postgres.url}?sslmode=disable`,
        async stop() {
          await postgres.stop();
          await lock.release();
        },
        // The lock goes with the process.
        abandon: () => postgres.abandon(),
      };
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    throw explained(error, dataDir);
  }
}

/** What the file system says, and what to do about it. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'may not be written: give it to the user that runs the server, or set another DATA_DIR',
  EPERM: 'may not be written: give it to the user that runs the server, or set another DATA_DIR',
  EROFS: 'is on a file system that is read only: set another DATA_DIR',
  ENOTDIR: 'is a file, or lies below one: set DATA_DIR to a folder',
  EEXIST: 'is a file: set DATA_DIR to a folder',
  ENOSPC: 'is on a disk that is full: make room there, or set another DATA_DIR',
  EDQUOT: 'is over its quota: make room there, or set another DATA_DIR',
  ELOOP: 'is a circle of links: set another DATA_DIR',
  ENAMETOOLONG: 'has too long a name: set another DATA_DIR',
};

function explained(error: unknown, dataDir: string): unknown {
  if (!(error instanceof Error)) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  // Of the programs of Postgres there are only words.
  const known = reasons[code] ?? (/No space left/.test(error.message) ? reasons.ENOSPC : undefined);
  if (known !== undefined) return new StartupError(`${dataDir} ${known}`, { cause: error });
  if (error instanceof StartupError) {
    return new StartupError(oneLine(error.message), { cause: error.cause ?? error });
  }
  return error;
}
