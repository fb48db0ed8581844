/** People and their API tokens. */
import { z } from 'zod';
import { globalRoles } from '../roles.ts';
import { id, lineOfText, pageOf, time } from './common.ts';

/**
 * An address that has the shape of one. Stricter checks refuse `admin@localhost` and addresses
 * inside an organisation; whether mail arrives there no check can tell. Wherever an address comes
 * in, to sign in too, it comes through here: what is compared and counted is one form of it.
 */
export const email = z
  .string()
  .trim()
  .normalize('NFC')
  .max(254)
  .regex(/^[^\s@\p{Cc}\p{Cs}]+@[^\s@\p{Cc}\p{Cs}]+$/u, 'must be an email address');

const personName = lineOfText(100).pipe(z.string().min(1));

export const user = z
  .object({
    id,
    email: z.string(),
    name: z.string(),
    role: z.enum(globalRoles),
    /** They sign in by nothing, until an admin enables them again. */
    disabled: z.boolean(),
    createdAt: time,
  })
  .meta({ id: 'User' });
export type User = z.output<typeof user>;

export const userPage = pageOf(user);

export const newUser = z.strictObject({
  email,
  name: personName,
  role: z.enum(globalRoles).default('member'),
});
export type NewUser = z.output<typeof newUser>;

/** Everybody may change their own name; the rest is for admins. */
export const userChange = z
  .strictObject({
    name: personName.optional(),
    email: email.optional(),
    role: z.enum(globalRoles).optional(),
    disabled: z.boolean().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'must change something');
export type UserChange = z.output<typeof userChange>;

/**
 * Without `expiresAt` a token lasts until it is deleted. A `readOnly` one reads what its person may
 * read, and changes nothing.
 */
export const newToken = z.strictObject({
  name: personName,
  readOnly: z.boolean().default(false),
  expiresAt: z.iso
    .datetime({ offset: true })
    .refine((at) => Date.parse(at) > Date.now(), 'must be in the future')
    .nullish(),
});
export type NewToken = z.output<typeof newToken>;

/** The only time that the token itself is shown. It may end before it was asked to. */
export const createdToken = z.object({
  id,
  token: z.string(),
  readOnly: z.boolean(),
  expiresAt: time.nullable(),
});
export type CreatedToken = z.output<typeof createdToken>;

/** A token as its owner sees it later: never the token itself. */
export const tokenInfo = z
  .object({
    id,
    name: z.string(),
    createdAt: time,
    readOnly: z.boolean(),
    expiresAt: time.nullable(),
    lastUsedAt: time.nullable(),
    /** What it was last used for, such as `GET /api/pieces/:id`, and from which address. */
    lastUsedFor: z.string().nullable(),
    lastUsedFrom: z.string().nullable(),
  })
  .meta({ id: 'Token' });
export type TokenInfo = z.output<typeof tokenInfo>;

export const tokenPage = pageOf(tokenInfo);

export const tokenParams = z.object({ id, tokenId: id });

/** Any 8 characters: rules about their kinds make passwords worse. The length bounds the hashing. */
const password = z.string().min(8, 'must have at least 8 characters').max(200);

/** By one-time link, which may set a password at once, or by email and password. */
export const signIn = z.union(
  [
    z.strictObject({ invite: z.string().min(1).max(200), password: password.optional() }),
    z.strictObject({ email, password: z.string().max(200) }),
  ],
  'must be {invite, password?} or {email, password}',
);
export type SignIn = z.output<typeof signIn>;

/** `url` signs one person in, once, until `expiresAt`; a new one voids it. */
export const invite = z.object({ url: z.string(), expiresAt: time });

/** `current` is asked for where there is a password already. */
export const passwordChange = z.strictObject({ current: z.string().max(200).optional(), password });

/** What a sign-in page has to offer besides email and password. */
export const signInWays = z.object({ oidc: z.boolean() });

/**
 * With `session` a browser encrypts its copies of pieces, with `person` the words in them that no
 * server has yet: 256 bits each, in base64. `until`: when the session ends if it is not used.
 */
export const deviceKeys = z
  .object({ userId: id, until: time, session: z.string(), person: z.string() })
  .meta({ id: 'DeviceKeys' });
export type DeviceKeys = z.output<typeof deviceKeys>;
