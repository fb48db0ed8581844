import { expect, test } from 'vitest';
import { connectSaved, createPiece } from '../support/clients.ts';
import { createDatabase } from '../support/postgres.ts';
import { startServerProcess } from '../support/server-process.ts';
import { readStored } from './stored.ts';

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'D5 %s: what people have typed is saved, they are told to come back, and the exit code is 0',
  async (signal) => {
    const database = await createDatabase();
    try {
      const server = await startServerProcess({ DATABASE_URL: database.url });
      const piece = await createPiece(server);
      const client = connectSaved(server, piece);
      await client.synced();
      const closes: number[] = [];
      client.provider.on('connection-close', (event: unknown) => {
        closes.push((event as { code: number }).code);
      });
      client.body.insert(0, 'Do night buses pay?');
      await client.allSaved();
      expect(await server.terminate(signal)).toBe(0);
      expect(closes).toContain(1012);
      client.destroy();
      const stored = await readStored(database.directUrl, piece);
      expect(stored.body).toContain('Do night buses pay?');
      expect(stored.snapshot).toBe(stored.head);
    } finally {
      await database.drop();
    }
  },
);
