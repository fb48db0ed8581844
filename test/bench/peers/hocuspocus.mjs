// Hocuspocus with its defaults and no extension: documents live in memory only.
import { Server } from '@hocuspocus/server';

const server = new Server({
  port: Number(process.env.PORT),
  address: '127.0.0.1',
  quiet: true,
  stopOnSignals: false,
});
process.on('SIGTERM', () => process.exit(0));
await server.listen();
