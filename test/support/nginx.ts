import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

const nginx = ['/usr/sbin/nginx', '/usr/bin/nginx'].find((file) => existsSync(file));

/** Whether there is an nginx on this machine; no registry package carries one. */
export const hasNginx = nginx !== undefined;

export interface Nginx {
  readonly url: string;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** A proxy before these servers, with the settings of docs/operating.md, when it answers. */
export async function startNginx(ports: readonly number[]): Promise<Nginx> {
  if (nginx === undefined) throw new Error('There is no nginx on this machine');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-nginx-'));
  const port = await freePort();
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${name};`)
    .join(' ');
  const servers = ports.map((one) => `server 127.0.0.1:${one} max_fails=0;`).join(' ');
  await writeFile(
    path.join(folder, 'nginx.conf'),
    `daemon off; pid nginx.pid; error_log stderr;
events {}
http {
  access_log off; ${temp}
  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
  upstream counterpoint { ${servers} }
  server {
    listen 127.0.0.1:${port};
    client_max_body_size 8m;
    location / {
      proxy_pass http://counterpoint;
      proxy_connect_timeout 1s;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_read_timeout 60s;
    }
  }
}`,
  );
  const child = spawn(nginx, ['-p', folder, '-c', 'nginx.conf'], { stdio: 'ignore' });
  const stop = async () => {
    const gone = once(child, 'exit');
    if (child.exitCode === null && child.kill('SIGTERM')) await gone;
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await until('nginx leads to a server', async () => {
      if (child.exitCode !== null) throw new Error('nginx ended');
      return (await fetch(`${url}/readyz`).catch(() => null))?.ok;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}
