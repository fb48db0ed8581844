import { createHash, randomBytes } from 'node:crypto';

/**
 * A new API token: 256 random bits, with a prefix by which scanners of leaked secrets (and people)
 * know whose it is.
 */
export function makeToken(): string {
  return `cp_${randomBytes(32).toString('base64url')}`;
}

/** A new secret for an invite link or a session: 256 random bits. */
export function makeSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a token or a secret: its SHA-256. A slow hash would guard only guessable secrets (P3). */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
