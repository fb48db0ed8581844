import { pino } from 'pino';
import { reachDatabase } from '../backup/reach.ts';
import type { Manifest } from '../backup/manifest.ts';
import { unknownMigrations } from '../backup/schema.ts';
import { writeBackup } from '../backup/write-backup.ts';
import { writeWholeFile } from '../backup/output-file.ts';
import { createLog } from '../http/log.ts';
import { configuration, print, run, tell } from './context.ts';

/**
 * Writes the whole database into a file, or to standard output where it is `-`. A server may run on it
 * meanwhile.
 *
 * @param file - null: one in this folder, named by the time
 */
export async function backup(file: string | null): Promise<void> {
  await run(async () => {
    const { databaseUrl, dataDir } = configuration();
    const log = createLog('warn', pino.destination({ dest: 2, sync: true }));
    const reached = await reachDatabase({ databaseUrl, dataDir, log, name: 'counterpoint backup' });
    try {
      const { sql } = reached;
      if (file === '-') {
        const written = await writeBackup(sql, process.stdout, tell);
        tell(contents(written, 'to standard output'));
        await warnOfSchema(written);
        return;
      }
      const name = file ?? fileName(new Date());
      const manifest = await writeWholeFile(name, (sink) => writeBackup(sql, sink, tell));
      print(contents(manifest, name));
      await warnOfSchema(manifest);
    } finally {
      await reached.close();
    }
  });
}

/** It is told now: who needs the backup may have no other version at hand. */
async function warnOfSchema(manifest: Manifest): Promise<void> {
  const unknown = await unknownMigrations(manifest);
  if (unknown.length === 0) return;
  tell(
    `A newer version has expanded the schema (${unknown.join(', ')}): this version cannot restore this backup, only one that knows that can.`,
  );
}

/** Names sort in the order of time. */
function fileName(at: Date): string {
  const time = at.toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-');
  return `counterpoint-${time}.backup`;
}

function contents({ moment, texts, people, journalRows, tables }: Manifest, where: string): string {
  const [rows, bytes] = tables.reduce(([r, b], table) => [r + table.rows, b + table.bytes], [0, 0]);
  const mib = (bytes / 1024 / 1024).toFixed(1);
  return (
    `Backed up ${where}, as of ${moment}: ${texts.rows} pieces with ${journalRows} journal rows, ` +
    `${people} people; ${rows} rows of ${tables.length} tables, ${mib} MiB before compression.`
  );
}
