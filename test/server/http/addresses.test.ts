import type { IncomingMessage } from 'node:http';
import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import { readConfig } from '../../../server/config.ts';
import { addressReader, trustIn } from '../../../server/http/origins/addresses.ts';

/** The setting as the configuration reads it. */
function trustOf(TRUST_PROXY: string): boolean | string {
  const read = readConfig({ TRUST_PROXY });
  if (!read.ok) throw new Error(read.problems.join());
  return read.config.trustProxy;
}

const cases: [trust: string, from: string, forwarded: string | undefined, address: string][] = [
  ['false', '10.0.0.1', '1.2.3.4', '10.0.0.1'],
  ['true', '10.0.0.1', '1.2.3.4', '1.2.3.4'],
  ['true', '127.0.0.1', '6.6.6.6, 1.2.3.4', '1.2.3.4'],
  ['true', '::ffff:10.0.0.1', '127.0.0.1, 10.0.0.7, 1.2.3.4', '1.2.3.4'],
  ['true', 'fd00::1', '6.6.6.6, 10.0.5.7', '10.0.5.7'],
  ['true', '1.2.3.4', '6.6.6.6', '1.2.3.4'],
  ['true', '10.0.0.1', undefined, '10.0.0.1'],
  ['loopback', '127.0.0.1', '1.2.3.4', '1.2.3.4'],
  ['loopback', '10.0.0.1', '1.2.3.4', '10.0.0.1'],
  ['10.0.0.0/8, loopback', '10.0.0.1', '6.6.6.6, 1.2.3.4, 127.0.0.1', '1.2.3.4'],
  ['10.0.0.0/8', '10.0.0.1', undefined, '10.0.0.1'],
];

test.each(cases)(
  'P3 TRUST_PROXY=%s: from %s for %s, a socket comes from %s, as a call does',
  async (setting, from, forwarded, address) => {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    const request = { headers, socket: { remoteAddress: from } } as unknown as IncomingMessage;
    const trustProxy = trustOf(setting);
    expect(addressReader(trustProxy)(request)).toBe(address);

    const app = fastify({ trustProxy: trustIn(trustProxy) });
    app.get('/', (call) => call.ip);
    const answer = await app.inject({ url: '/', headers, remoteAddress: from });
    expect(answer.body).toBe(address);
    await app.close();
  },
);
