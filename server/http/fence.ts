import { Problem } from '../errors.ts';
import type { App } from './app-type.ts';

const reads = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses writes while it is not known whether this server still stands among the others: since it was taken
 * for dead, they may have taken away from the schema what it needs (E1), and reckon with nothing that it
 * does (C3). The journal carries a fence of its own.
 *
 * Rejected: the same fence in every statement that writes, for something that happens after a standstill.
 */
export function fenceWrites(app: App, stands: () => Promise<boolean>): void {
  app.addHook('onRequest', async ({ method }) => {
    if (reads.has(method) || (await stands())) return;
    throw new Problem(
      'restarting',
      'The other servers have taken this one for dead. Try again shortly.',
    );
  });
}
