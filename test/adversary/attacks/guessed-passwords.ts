import type { Attack } from '../attack.ts';

/** Guesses at the same time. */
const atOnce = 50;

/**
 * Anybody, not signed in, guesses passwords as fast as they can be asked for, each time for another
 * account: what is behind each guess is 19 MiB and 20 ms of a core.
 */
export const guessedPasswords: Attack = {
  name: 'anybody guesses passwords of ever new accounts, fifty at a time',
  env: { TRUST_PROXY: 'loopback' },
  async prepare(ground) {
    await ground.person('Guessed');
    return async (signal) => {
      let guess = 0;
      const guessing = Array.from({ length: atOnce }, async () => {
        while (!signal.aborted && guess < 5_000) {
          const n = guess++;
          await fetch(`${ground.url}/api/session`, {
            method: 'POST',
            headers: {
              'content-type': 'application/json',
              'x-forwarded-for': `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`,
            },
            body: JSON.stringify({ email: `guess${n}@example.org`, password: 'a wrong password' }),
          }).then((answer) => answer.arrayBuffer());
        }
      });
      await Promise.all(guessing);
    };
  },
};
