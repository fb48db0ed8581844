import type { Limits } from '../config.ts';
import { Problem } from '../errors.ts';

/** Throws `too_large` where what somebody wrote is longer than the server takes. */
export function checkLength(
  { maxCommentBytes }: Pick<Limits, 'maxCommentBytes'>,
  path: string,
  text: string | undefined,
): void {
  if (text === undefined || Buffer.byteLength(text) <= maxCommentBytes) return;
  const message = `must be at most ${maxCommentBytes} bytes in UTF-8`;
  throw new Problem('too_large', `Too long: ${path}.`, { errors: [{ path, message }] });
}
