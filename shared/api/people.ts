/** People and their API tokens. */
import { z } from 'zod';
import { globalRoles } from '../roles.ts';
import { id, lineOfText, pageOf, time } from './common.ts';

/**
 * An address that has the shape of one. Stricter checks refuse `admin@localhost` and addresses
 * inside an organisation; whether mail arrives there no check can tell.
 */
export const email = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u, 'must be an email address');

const personName = lineOfText(100).pipe(z.string().min(1));

export const user = z
  .object({ id, email: z.string(), name: z.string(), role: z.enum(globalRoles), createdAt: time })
  .meta({ id: 'User' });
export type User = z.output<typeof user>;

export const userPage = pageOf(user);

export const newUser = z.strictObject({
  email,
  name: personName,
  role: z.enum(globalRoles).default('member'),
});
export type NewUser = z.output<typeof newUser>;

/** Without `expiresAt` a token lasts until it is deleted. */
export const newToken = z.strictObject({
  name: personName,
  expiresAt: z.iso
    .datetime({ offset: true })
    .refine((at) => Date.parse(at) > Date.now(), 'must be in the future')
    .nullish(),
});

/** The only time that the token itself is shown. */
export const createdToken = z.object({ id, token: z.string() });

export const tokenParams = z.object({ id, tokenId: id });
