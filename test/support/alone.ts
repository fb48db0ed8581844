import type { JournalStore } from '../../server/collab/ports.ts';

/** For a journal in memory, of a server that is alone: nobody has to be kept from it. */
export const neverHeld: Pick<JournalStore, 'appendHeld'> = {
  appendHeld: () => Promise.reject(new Error('There is no other server')),
};
