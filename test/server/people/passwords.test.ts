import { expect, test, vi } from 'vitest';
import { hashPassword, isPassword } from '../../../server/people/sign-in/passwords.ts';

const calls = vi.hoisted(() => ({ verify: 0 }));
vi.mock(import('@node-rs/argon2'), async (original) => {
  const argon2 = await original();
  return {
    ...argon2,
    verify: (...args: Parameters<typeof argon2.verify>) => {
      calls.verify++;
      return argon2.verify(...args);
    },
  };
});

test('P3 a password is compared with a hash whether or not there is somebody, so that time tells nothing', async () => {
  const stored = await hashPassword('correct horse');
  expect(await isPassword(stored, 'correct horse')).toBe(true);
  expect(await isPassword(stored, 'wrong')).toBe(false);
  expect(await isPassword(null, 'wrong')).toBe(false);
  expect(calls.verify).toBe(3);
});
