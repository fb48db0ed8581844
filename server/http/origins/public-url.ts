import type { FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';

/**
 * Where people reach the server: PUBLIC_URL, or else how this request did. The Host header is the
 * caller's own word, so what is made of it must go to nobody but the caller.
 */
export function publicUrlOf(
  { publicUrl }: Pick<Config, 'publicUrl'>,
  request: Pick<FastifyRequest, 'protocol' | 'host'>,
): string {
  return publicUrl ?? `${request.protocol}://${request.host}`;
}
