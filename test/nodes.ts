/**
 * `npm run test:nodes -- 22 24`: installs, starts, uses and tests a clone of what is committed with other
 * versions of Node, as the registry has them. Without versions: all that `engines` speaks of. Ends with 1
 * if one of them fails.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packageFile } from '../server/package-root.ts';
import { connectSaved } from './support/clients.ts';
import { freePort } from './support/free-port.ts';
import { adminToken } from './support/server-process.ts';
import { until } from './support/until.ts';

const known = ['20', '22', '24', '26'];
const patienceMs = 180_000;

/** Where a version is, and a clone that was installed with it. */
interface Installed {
  readonly clone: string;
  readonly env: NodeJS.ProcessEnv;
}

async function run(command: readonly string[], cwd: string, env = process.env): Promise<void> {
  const [program = '', ...args] = command;
  console.log(`$ ${command.join(' ')}`);
  const child = spawn(program, args, { cwd, env, stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}`);
}

async function install(version: string, folder: string): Promise<Installed> {
  // The package `node` brings this one by a script; npm may be told to run none.
  const binary = `node-${process.platform}-${process.arch}`;
  await run(['npm', 'install', '--no-save', '--prefix', folder, `${binary}@${version}`], folder);
  const bin = path.join(folder, 'node_modules', binary, 'bin');
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env.PATH}`,
    TRACES_DIR: process.env.TRACES_DIR ?? packageFile('../shared/traces'),
  };
  const clone = path.join(folder, 'clone');
  await run(['git', 'clone', '--quiet', packageFile(''), clone], folder);
  await run(['node', '--version'], clone, env);
  await run(['npm', 'ci'], clone, env);
  return { clone, env };
}

/** `npm start` in an empty folder, a piece, a stock client's words that are saved, and the piece as Markdown. */
async function use({ clone, env }: Installed, folder: string): Promise<void> {
  const port = await freePort();
  const own = {
    ADMIN_EMAIL: 'admin@example.org',
    ADMIN_TOKEN: adminToken,
    PORT: String(port),
    DATA_DIR: path.join(folder, 'data'),
  };
  const server = spawn('npm', ['start'], { cwd: clone, env: { ...env, ...own }, stdio: 'inherit' });
  try {
    await work(`http://127.0.0.1:${port}`, server);
  } finally {
    if (server.exitCode === null) {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
  }
}

async function work(url: string, server: ChildProcess): Promise<void> {
  const isReady = () =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  const looked = async () => server.exitCode !== null || (await isReady());
  await until('the server is ready', looked, patienceMs, 500);
  if (server.exitCode !== null) throw new Error(`npm start ended with ${server.exitCode}`);
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ title: 'A piece', content: 'It begins.', format: 'markdown' });
  const made = await fetch(`${url}/api/pieces`, { method: 'POST', headers, body });
  const { id } = (await made.json()) as { id: string };
  const client = connectSaved({ url }, id);
  await client.synced();
  client.body.insert(0, 'Here ');
  await client.allSaved();
  client.destroy();
  const exported = await fetch(`${url}/api/pieces/${id}/export`, { headers });
  const text = await exported.text();
  if (!text.includes('Here It begins.')) throw new Error(`exported was ${text}`);
}

async function tryVersion(version: string): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), `node-${version}-`));
  try {
    const installed = await install(version, folder);
    await use(installed, folder);
    await run(['npm', 'run', 'test:quick'], installed.clone, installed.env);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const wanted = process.argv.slice(2);
const results: string[] = [];
for (const version of wanted.length > 0 ? wanted : known) {
  try {
    await tryVersion(version);
    results.push(
      `Node ${version}: installs, starts, saves and exports, and the quick suite passes`,
    );
  } catch (err) {
    process.exitCode = 1;
    results.push(`Node ${version}: ${err instanceof Error ? err.message : String(err)}`);
  }
}
console.log(results.join('\n'));
