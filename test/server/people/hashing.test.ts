import { afterEach, describe, expect, test, vi } from 'vitest';
import { Hashing } from '../../../server/people/sign-in/hashing.ts';

/** What argon2 is asked to hash, in order; each waits to be let go. */
const argon2 = vi.hoisted(() => ({ asked: [] as string[], atOnce: 0, most: 0, holds: true }));
const release: (() => void)[] = [];
vi.mock(import('../../../server/people/sign-in/passwords.ts'), () => ({
  hashPassword: async (password: string) => {
    argon2.asked.push(password);
    argon2.most = Math.max(argon2.most, ++argon2.atOnce);
    if (argon2.holds) await new Promise<void>((resolve) => release.push(resolve));
    argon2.atOnce--;
    return `hash of ${password}`;
  },
  isPassword: () => Promise.resolve(false),
}));

afterEach(() => {
  Object.assign(argon2, { asked: [], atOnce: 0, most: 0, holds: true });
});

/** Lets all that waits be hashed. */
function letGo(): void {
  argon2.holds = false;
  for (const resolve of release.splice(0)) resolve();
}

describe('B2 hashing passwords', () => {
  const stranger = (n: number) => ({ from: `10.0.0.${n}`, known: false });

  test('one at a time, in turn by network', async () => {
    const hashing = new Hashing();
    const asked = [
      ...['a1', 'a2', 'a3', 'a4'].map((name) => hashing.hash(name, stranger(1))),
      ...['b1', 'b2'].map((name) => hashing.hash(name, stranger(2))),
      hashing.hash('c1', stranger(3)),
    ];
    letGo();
    expect(await Promise.all(asked)).toContain('hash of c1');
    expect(argon2.asked).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
    expect(argon2.most).toBe(1);
  });

  test('who has signed in from there before has every other turn, however many strangers wait', async () => {
    const hashing = new Hashing();
    const crowd = Array.from({ length: 90 }, (_, n) => hashing.hash(`x${n}`, stranger(n)));
    const known = ['k1', 'k2'].map((name) => hashing.hash(name, { from: '10.9.9.9', known: true }));
    letGo();
    await Promise.all([...known, ...crowd]);
    expect(argon2.asked.indexOf('k1')).toBeLessThanOrEqual(2);
    expect(argon2.asked.indexOf('k2')).toBeLessThanOrEqual(4);
  });

  test('what waits is bounded: one network by itself, and all by the longest line', async () => {
    const hashing = new Hashing();
    const codes: string[] = [];
    const ask = (name: string, n: number) =>
      hashing.hash(name, stranger(n)).then(
        () => codes.push(name),
        ({ code }: { code: string }) => codes.push(`${name} ${code}`),
      );
    const asked: Promise<number>[] = [];
    // The first is being hashed; twenty wait; the rest are too many.
    for (let i = 0; i < 25; i++) asked.push(ask(`one${i}`, 1));
    await Promise.resolve();
    expect(codes.filter((code) => code.endsWith('too_many_tries'))).toHaveLength(4);
    for (let n = 2; n < 102; n++) asked.push(ask(`of ${n}`, n));
    letGo();
    await Promise.all(asked);
    // Each of the many who ask once is served; who asked twenty times gave them room.
    expect(
      codes.filter((code) => code.startsWith('of ') && code.includes('overloaded')),
    ).toHaveLength(1);
    expect(codes.filter((code) => code.startsWith('one') && !code.includes(' '))).toHaveLength(2);
  });
});
