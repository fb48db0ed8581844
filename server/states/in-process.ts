import { cutUpdate } from '../collab/state/cut.ts';
import { joinState } from '../collab/state/join.ts';
import { mergeUpdates } from '../collab/merge.ts';
import { readLarge } from '../collab/state/read-large.ts';
import type { StateWork } from '../collab/ports.ts';

/** The work itself, on the thread that asks for it. */
export const workInProcess: StateWork = {
  join: async (updates) => joinState(updates),
  cut: async (update, known) => cutUpdate(update, known),
  readLarge: async (update, known, foreign) => readLarge(update, known, foreign),
  merge: async (updates) => mergeUpdates(updates),
};
