import { api } from '../api.ts';
import type { Attack } from '../attack.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** Somebody who owns a piece asks for people by every two letters. */
export const directory: Attack = {
  name: 'an owner asks for whom to add by every pair of letters',
  async prepare(ground) {
    const person = await ground.person('Collector');
    const piece = await ground.piece();
    await ground.member(piece, person, 'owner');
    return async (signal) => {
      const call = api(ground, person);
      for (const first of letters) {
        for (const second of letters) {
          if (signal.aborted) return;
          const answer = await call('GET', `/api/pieces/${piece}/candidates?q=${first}${second}`);
          await answer.arrayBuffer();
        }
      }
    };
  },
};
