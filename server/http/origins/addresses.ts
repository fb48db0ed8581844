import proxyAddr from '@fastify/proxy-addr';
import type { IncomingMessage } from 'node:http';
import type { Config } from '../../config.ts';

/** Whether the hop at this address is a proxy whose word counts; hop 0 is who has connected. */
export type ProxyTrust = (address: string, hop: number) => boolean;

const nobody: ProxyTrust = () => false;

/**
 * Which hops of a request are believed about who is behind them.
 *
 * `true` is one proxy that stands beside the server: on this machine or in its private network. What
 * that one has added, the last entry of `X-Forwarded-For`, is the client. All before it was sent by
 * the client, who may write there what they like; and who connects from a public address is no proxy
 * of ours. Rejected: all of the chain, as Fastify takes `true`, which is to let everybody choose the
 * address that their tries are counted for. Further proxies are named by their addresses.
 */
export function trustIn(trustProxy: Config['trustProxy']): ProxyTrust {
  if (trustProxy === false) return nobody;
  if (typeof trustProxy === 'string') {
    return proxyAddr.compile(trustProxy.split(',').map((entry) => entry.trim()));
  }
  const near = proxyAddr.compile(['loopback', 'linklocal', 'uniquelocal']);
  return (address, hop) => hop === 0 && near(address, hop);
}

/**
 * The client's address of a request that Fastify does not see, such as a WebSocket's: the same as
 * its `request.ip`, by the same package and the same trust in proxies.
 */
export function addressReader(
  trustProxy: Config['trustProxy'],
): (request: IncomingMessage) => string {
  const trust = trustIn(trustProxy);
  return (request) => proxyAddr(request, trust);
}
