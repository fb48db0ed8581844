import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRedisBus } from '../../server/bus/redis/redis.ts';
import { freePort } from '../support/free-port.ts';
import { packageFile } from '../../server/package-root.ts';
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts';
import { recordingLog } from '../support/silent-log.ts';
import { until } from '../support/until.ts';

const can = hasRedis && spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!can)(
  `rediss://${can ? '' : ' (skipped: no redis-server or no openssl here)'}`,
  () => {
    let redis: TestRedis;
    let folder: string;
    let url: string;
    beforeAll(async () => {
      folder = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-tls-'));
      const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
      const shape = ['-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
      const files = ['-keyout', key, '-out', cert, '-addext', 'subjectAltName=DNS:localhost'];
      execFileSync('openssl', ['req', '-x509', ...shape, ...files], { stdio: 'ignore' });
      const port = String(await freePort());
      const tls = ['--tls-port', port, '--tls-cert-file', cert, '--tls-key-file', key];
      redis = await startRedis([...tls, '--tls-auth-clients', 'no', '--requirepass', 'p@ss']);
      url = `rediss://:p%40ss@localhost:${port}`;
    });
    afterAll(async () => {
      await redis.remove();
      await rm(folder, { recursive: true, force: true });
    });

    test('a certificate that nobody vouches for is refused, and the line says so', async () => {
      const log = recordingLog();
      const bus = createRedisBus(url, { log, namespace: '' });
      const line = await until('it is told', () => log.lines[0]);
      expect(line).toMatchObject({ level: 'warn', fields: { reason: 'self-signed certificate' } });
      expect(bus.live).toBe(false);
      await bus.close();
    });

    test('one that the process trusts is taken, with a password', () => {
      const output = execFileSync(
        process.execPath,
        ['--import', 'tsx', packageFile('test/bus/tls-client.ts'), url],
        {
          cwd: packageFile('.'),
          env: { ...process.env, NODE_EXTRA_CA_CERTS: path.join(folder, 'cert.pem') },
          timeout: 60_000,
        },
      );
      expect(output.toString()).toContain('by TLS');
    });

    test('a wrong password is told in one line', async () => {
      const log = recordingLog();
      const wrong = `redis://:wrong@127.0.0.1:${redis.port}`;
      const bus = createRedisBus(wrong, { log, namespace: '' });
      const line = await until('it is told', () => log.lines[0]);
      expect(String((line.fields as { reason?: string }).reason)).toContain('WRONGPASS');
      expect(JSON.stringify(log.lines)).not.toContain('wrong@');
      await bus.close();
    });
  },
);
