import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageFile } from '../../package-root.ts';

export interface Migration {
  /** The file name, such as `0002_journal.sql`; names sort in the order of running. */
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
  /** What servers that do not know this migration lose by it; null: nothing, it only expands (E1). */
  readonly contract: string | null;
}

/**
 * The last migration of the time before there were expanding and contracting ones. Servers of that time
 * need to know each that was applied.
 */
const lastOfBefore = '0019_servers.sql';

/** Whether a server that does not know this migration cannot work on a schema that has it. */
export const isNeeded = ({ name, contract }: Migration) =>
  contract !== null || name <= lastOfBefore;

/** All migrations of a folder, in their order. The package's own where no folder is given. */
export async function readMigrations(folder = packageFile('migrations')): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      // A checkout on Windows may have changed the line ends; that is the same migration.
      const text = (await readFile(path.join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
      const checksum = createHash('sha256').update(text).digest('hex');
      return { name, text, checksum, contract: contractOf(text) };
    }),
  );
}

/** The first line declares it: `-- contract: <what older servers need that this takes away>`. */
function contractOf(text: string): string | null {
  return /^-- contract: *(\S.*)/.exec(text)?.[1] ?? null;
}
