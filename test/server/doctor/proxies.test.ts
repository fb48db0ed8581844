/** The proxies of docs/operating.md, as they stand there, and what `doctor` says of worse ones. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { packageFile } from '../../../server/package-root.ts';
import { connectSaved, createPiece } from '../../support/clients.ts';
import { startCommands, type Commands } from '../../support/commands/commands.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { freePort } from '../../support/free-port.ts';
import { startServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';

/** The first block of the guide that begins with these words. */
function snippet(begins: string): string {
  const guide = readFileSync(packageFile('docs/operating.md'), 'utf8');
  const blocks = [...guide.matchAll(/^```\w*\n([^]*?)^```/gm)].map(([, block = '']) => block);
  const found = blocks.find((block) => block.startsWith(begins));
  if (found === undefined) throw new Error(`The guide has no block that begins with ${begins}`);
  return found;
}

function programOf(name: string): string | null {
  const places = `${process.env.PATH ?? ''}:/usr/sbin`.split(':');
  return places.map((place) => path.join(place, name)).find((file) => existsSync(file)) ?? null;
}

interface Proxy {
  readonly program: string | null;
  /** The guide's configuration, without TLS, between these ports. */
  readonly config: (port: number, server: number) => string;
  readonly args: (file: string, folder: string) => string[];
}

const proxies: Record<string, Proxy> = {
  nginx: {
    program: programOf('nginx'),
    config(port, server) {
      const inside = snippet('map $http_upgrade')
        .replace(/listen .*;/, `listen 127.0.0.1:${port};`)
        .replace(/^\s*ssl_.*\n/gm, '')
        .replace('127.0.0.1:3000', `127.0.0.1:${server}`);
      const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map((name) => `${name}_temp_path ${name};`)
        .join('\n');
      return `daemon off; pid nginx.pid; error_log stderr;\nevents {}\nhttp { access_log off;\n${temp}\n${inside}}\n`;
    },
    args: (file, folder) => ['-p', folder, '-c', file],
  },
  Caddy: {
    program: programOf('caddy'),
    config(port, server) {
      const inside = snippet('news.example {')
        .replace('news.example {', `http://127.0.0.1:${port} {`)
        .replace('127.0.0.1:3000', `127.0.0.1:${server}`);
      return `{\n  admin off\n}\n${inside}`;
    },
    args: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
  },
};

let folder: string;
let database: TestDatabase;
let commands: Commands;
const running = new Set<ChildProcess>();
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-proxy-'));
  await chmod(folder, 0o755);
  database = await createDatabase();
  commands = await startCommands();
});
afterEach(async () => {
  for (const child of running) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  running.clear();
});
afterAll(async () => {
  await commands.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** Starts a proxy; gives its address when it listens. */
async function start({ program, args }: Proxy, config: string, port: number): Promise<string> {
  const file = path.join(folder, `proxy-${port}.conf`);
  await writeFile(file, config);
  const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const child = spawn(program!, args(file, folder), { stdio: ['ignore', 'ignore', 'pipe'], env });
  running.add(child);
  let said = '';
  child.stderr.on('data', (part: Buffer) => (said += part.toString()));
  await until('the proxy listens', async () => {
    if (child.exitCode !== null) throw new Error(`the proxy ended: ${said}`);
    const socket = connect(port, '127.0.0.1');
    const is = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    return is;
  });
  return `http://127.0.0.1:${port}`;
}

async function doctor(env: Record<string, string>) {
  const { code, stdout } = await commands.run(['doctor'], { DATABASE_URL: database.url, ...env });
  // The tests' Postgres is not durable, which doctor says too.
  const lines = stdout.toString().trim().split('\n').slice(0, -1);
  return { code, lines: lines.filter((line) => !/is off: what is called saved/.test(line)) };
}

describe.each(Object.entries(proxies))('%s', (_name, proxy) => {
  test.skipIf(proxy.program === null)(
    'as the guide has it: doctor finds nothing wrong with it, stopped or running, and people write through it',
    async () => {
      const [port, serverPort] = [await freePort(), await freePort()];
      const url = await start(proxy, proxy.config(port, serverPort), port);
      const env = { PUBLIC_URL: url, PORT: String(serverPort), TRUST_PROXY: 'true' };
      const stopped = await doctor(env);
      expect(stopped.lines.filter((line) => !line.startsWith('ok '))).toEqual([]);
      expect(stopped.lines.join('\n')).toMatch(
        /is trusted, and names the client[^]*WebSockets get through/,
      );

      const server = await startServerProcess({ DATABASE_URL: database.url, ...env });
      try {
        const beside = await doctor(env);
        expect(beside.lines.filter((line) => !line.startsWith('ok '))).toEqual([]);
        expect(beside.lines.join('\n')).toMatch(/WebSockets get through/);
        const large = 'Many words. '.repeat(150_000);
        const piece = await createPiece({ url }, { content: large, format: 'text' });
        const client = connectSaved({ url }, piece);
        await client.synced();
        client.body.insert(0, 'Through the proxy. ');
        await client.allSaved();
        client.destroy();
        const joined = await until('it is told', () =>
          server.log.find((l) => l.includes('socket closed')),
        );
        expect(joined).toContain('"remoteAddress":"127.0.0.1"');
      } finally {
        await server.terminate();
      }
    },
  );
});

/** What each line of the guide's nginx is there for: without it, doctor says so. */
const without: Record<
  string,
  { env?: Record<string, string>; readonly change: (config: string) => string; says: RegExp }
> = {
  'Upgrade and Connection': {
    change: (config) => config.replace(/^\s*proxy_set_header (Upgrade|Connection) .*\n/gm, ''),
    says: /^problem {2}WebSockets do not get through/m,
  },
  Host: {
    change: (config) => config.replace(/^\s*proxy_set_header Host .*\n/m, ''),
    says: /^problem {2}The proxy passes Host on as 127.0.0.1:\d+: let it pass/m,
  },
  'X-Forwarded-For': {
    change: (config) => config.replace(/^\s*proxy_set_header X-Forwarded-For .*\n/m, ''),
    says: /^problem {2}TRUST_PROXY is set, and no X-Forwarded-For comes/m,
  },
  'X-Forwarded-Proto': {
    change: (config) => config.replace(/^\s*proxy_set_header X-Forwarded-Proto .*\n/m, ''),
    says: /^warning {2}The proxy passes X-Forwarded-Proto on as nothing: let it be http/m,
  },
  TRUST_PROXY: {
    env: { TRUST_PROXY: '' },
    change: (config) => config,
    says: /^problem {2}A proxy at 127.0.0.1 names the client, and is not trusted/m,
  },
  'another TRUST_PROXY': {
    env: { TRUST_PROXY: '10.0.0.0/8' },
    change: (config) => config,
    says: /^problem {2}A proxy at 127.0.0.1 names the client, and is not trusted/m,
  },
  'the right port': {
    change: (config) => config.replace(/proxy_pass .*;/, 'return 404;'),
    says: /^problem {2}http:\/\/127.0.0.1:\d+ answers 404/m,
  },
};

test.skipIf(proxies.nginx!.program === null).each(Object.keys(without))(
  'nginx without %s is told, with what to do',
  async (what) => {
    const { env = {}, change, says } = without[what]!;
    const [port, serverPort] = [await freePort(), await freePort()];
    const { nginx } = proxies;
    const url = await start(nginx!, change(nginx!.config(port, serverPort)), port);
    const given = { PUBLIC_URL: url, PORT: String(serverPort), TRUST_PROXY: 'true', ...env };
    const { code, lines } = await doctor(given);
    expect(lines.join('\n')).toMatch(says);
    expect(lines.filter((line) => !line.startsWith('ok '))).toHaveLength(1);
    expect(code).toBe(1); // Of the tests' Postgres, if of nothing else.
  },
);

test('a PUBLIC_URL that nobody answers at is told', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const { lines } = await doctor({ PUBLIC_URL: url, PORT: String(await freePort()) });
  expect(lines.join('\n')).toMatch(/^problem {2}http:.* cannot be reached \(connect ECONNREFUSED/m);
});
