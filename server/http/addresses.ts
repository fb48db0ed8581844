import proxyAddr from '@fastify/proxy-addr';
import type { IncomingMessage } from 'node:http';
import type { Config } from '../config.ts';

/**
 * The client's address of a request that Fastify does not see, such as a WebSocket's: the same as
 * its `request.ip`, by the same package and the same trust in proxies.
 */
export function addressReader(
  trustProxy: Config['trustProxy'],
): (request: IncomingMessage) => string {
  const trust =
    typeof trustProxy === 'string'
      ? proxyAddr.compile(trustProxy.split(',').map((entry) => entry.trim()))
      : () => trustProxy;
  return (request) => proxyAddr(request, trust);
}
