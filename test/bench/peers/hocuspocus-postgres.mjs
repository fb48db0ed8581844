// Hocuspocus with its database extension on a Postgres: each document whole, as the extension's
// documentation has it, at the server's own defaults (2 s after the last change, 10 s at most).
import { Database } from '@hocuspocus/extension-database';
import { Server } from '@hocuspocus/server';
import postgres from 'postgres';

const sql = postgres(process.env.DATABASE_URL, { onnotice: () => undefined });
await sql`create table if not exists documents (name text primary key, data bytea not null)`;

const server = new Server({
  port: Number(process.env.PORT),
  address: '127.0.0.1',
  quiet: true,
  stopOnSignals: false,
  extensions: [
    new Database({
      fetch: async ({ documentName }) => {
        const [row] = await sql`select data from documents where name = ${documentName}`;
        return row?.data ?? null;
      },
      store: async ({ documentName, state }) => {
        await sql`
          insert into documents (name, data) values (${documentName}, ${state})
          on conflict (name) do update set data = excluded.data`;
      },
    }),
  ],
});
process.on('SIGTERM', () => process.exit(0));
await server.listen();
