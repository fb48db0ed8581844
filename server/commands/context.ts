/** What the commands share: configuration, the database, and how they speak and fail. */
import { pino } from 'pino';
import { readConfig, type Config } from '../config.ts';
import type { Database, DatabaseOptions } from '../db/open.ts';
import { openDatabase } from '../db/open.ts';
import { StartupError } from '../db/startup-error.ts';
import { Problem } from '../errors.ts';
import { createLog } from '../http/log.ts';

/** A command cannot go on, for a reason that needs no stack. */
export class CommandError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CommandError';
  }
}

/** Results go to standard output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Progress and complaints go to standard error, so that results can be piped. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The configuration; rejects with one line per bad variable. */
export function configuration(): Config {
  const result = readConfig(process.env);
  if (!result.ok) throw new CommandError(result.problems.join('\n'));
  return result.config;
}

/** Runs a command to its end. What goes wrong is told on standard error, and the exit code is 1. */
export async function run(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    process.exitCode = 1;
    const plain =
      error instanceof CommandError || error instanceof StartupError || error instanceof Problem;
    tell(plain || !(error instanceof Error) ? messageOf(error) : (error.stack ?? error.message));
  }
}

/** Runs a command on the database, and closes it whatever happens. `options`: of how it is opened. */
export async function withDatabase(
  command: (db: Database, config: Config) => Promise<void>,
  options: Pick<DatabaseOptions, 'contracts'> = {},
): Promise<void> {
  await run(async () => {
    const config = configuration();
    const log = createLog('warn', pino.destination({ dest: 2, sync: true }));
    // A long piece is read by one statement, which lasts for as long as what is read is worked on.
    const db = await openDatabase({ ...config, ...options, log, statementTimeout: 0 });
    try {
      await command(db, config);
    } finally {
      await db.close();
    }
  });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
