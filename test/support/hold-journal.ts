import { onTestFinished } from 'vitest';
import postgres from 'postgres';

/**
 * Lets the server write nothing into the journal until `release`: it answers and hands on, and can
 * report nothing as saved. Released by itself when the test ends.
 */
export async function holdJournal(databaseUrl: string): Promise<{ release(): Promise<void> }> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  const holder = await sql.reserve();
  await holder`begin`;
  await holder`lock table journal in exclusive mode`;
  let held = true;
  const release = async () => {
    if (!held) return;
    held = false;
    await holder`rollback`;
    holder.release();
    await sql.end();
  };
  onTestFinished(release);
  return { release };
}
