/** Opens the embedded database in the folder of the first argument, tells, and waits to be killed. */
import { openDatabase } from '../../server/db/open.ts';
import { silentLog } from './silent-log.ts';

const dataDir = process.argv[2];
if (dataDir === undefined) throw new Error('Usage: hold-database.ts <folder>');
try {
  const { url } = await openDatabase({ databaseUrl: null, dataDir, log: silentLog });
  console.log(JSON.stringify({ url }));
} catch (error) {
  console.log(JSON.stringify({ error: String(error) }));
  process.exitCode = 1;
}
