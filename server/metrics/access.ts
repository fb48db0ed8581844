import proxyAddr from '@fastify/proxy-addr';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

const loopback = proxyAddr.compile('loopback');
/** By which proxies say that they are one; `X-Forwarded-…` do as well. */
const proxyHeaders = ['forwarded', 'via', 'x-real-ip', 'x-client-ip', 'true-client-ip'];
const proxyPrefixes = ['x-forwarded-', 'cf-'];

/**
 * Whether a request comes from this machine, and not through a proxy that stands on it: that one makes
 * everybody loopback. What headers say is believed only where it speaks against it. A name of this
 * machine that is not loopback's is a proxy's that passes it on, or of a page in a browser here that
 * has had its name pointed at us.
 *
 * TRUST_PROXY changes nothing: what it believes is who the client is, and here it is asked who has
 * connected.
 */
export function isThisMachine({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>) {
  const peer = socket.remoteAddress;
  if (peer === undefined || !loopback(peer, 0)) return false;
  const proxied = Object.keys(headers).some(
    (name) =>
      proxyHeaders.includes(name) || proxyPrefixes.some((prefix) => name.startsWith(prefix)),
  );
  return !proxied && isLoopbackName(headers.host);
}

function isLoopbackName(host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const name = new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, '');
  return name === 'localhost' || (isIP(name) !== 0 && loopback(name, 0));
}

/** Compared by their hashes, in a time that tells nothing of either. */
export function isSameToken(given: string, token: string): boolean {
  return timingSafeEqual(hash(given), hash(token));
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
