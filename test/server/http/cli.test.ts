import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { withDatabase } from '../../../server/commands/context.ts';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { silentLog } from '../../support/silent-log.ts';
import { startCommands, type Commands } from '../../support/commands/commands.ts';
import { runCli } from '../../support/run-cli.ts';

let database: TestDatabase;
let sql: Sql;
let folder: string;
let commands: Commands;

beforeAll(async () => {
  commands = await startCommands();
  database = await createDatabase();
  sql = connect(database.url, { log: silentLog, name: 'test' });
  folder = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-cli-'));
});
afterAll(async () => {
  await commands.close();
  await sql.end();
  await database.drop();
  await rm(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `counterpoint` on the test's database; `alone`: as a process of its own. */
async function counterpoint(
  args: string[],
  env: Record<string, string> = {},
  alone = false,
): Promise<Ended> {
  const variables = {
    DATABASE_URL: database.url,
    ...{ ADMIN_EMAIL: 'admin@example.org', ADMIN_TOKEN: 'a-token-of-at-least-32-characters' },
    ...env,
  };
  const { code, stdout, stderr } = await (alone ? runCli : commands.run)(args, variables);
  return { code, stdout: stdout.toString(), stderr };
}

describe('counterpoint', () => {
  test.each([
    'serve',
    'migrate',
    'import',
    'export',
    'verify',
    'compact',
    'backup',
    'restore',
    'doctor',
  ])('%s --help', async (command) => {
    const { code, stdout } = await counterpoint([command, '--help'], {}, command === 'serve');
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: counterpoint ${command}`);
  });

  test('gives no statement up: a long piece takes long to read', async () => {
    vi.stubEnv('DATABASE_URL', database.url);
    onTestFinished(() => void vi.unstubAllEnvs());
    const limits: unknown[] = [];
    await withDatabase(async ({ sql }) => {
      limits.push(...(await sql`show statement_timeout`));
      await sql.begin(async (tx) => limits.push(...(await tx`show statement_timeout`)));
    });
    expect(limits).toEqual([{ statement_timeout: '0' }, { statement_timeout: '0' }]);
  });

  test('a bad value in the environment ends it with one line per variable', async () => {
    const ended = await counterpoint(['serve'], { PORT: 'x', ADMIN_TOKEN: 'short' });
    expect(ended.code).toBe(1);
    expect(ended.stdout).toBe('');
    expect(ended.stderr.trim().split('\n')).toEqual([
      'PORT: must be a whole number',
      'ADMIN_TOKEN: must be at least 32 characters',
    ]);
  });

  test.each([
    [['nonsense'], /unknown command/],
    [['import'], /missing required argument/],
    [['export'], /name one piece, or --all/],
    [['export', '--all'], /--out/],
    [['import', '--format', 'docx', 'a'], /Allowed choices are markdown, text/],
  ])('%j is 1, and says why', async (args, reason) => {
    const { code, stderr } = await counterpoint(args, {}, args[0] === 'nonsense');
    expect(code).toBe(1);
    expect(stderr).toMatch(reason);
  });

  test('a database that cannot be used is one line', async () => {
    const url = new URL(database.url);
    url.pathname = '/nowhere';
    const { code, stderr } = await counterpoint(['migrate'], { DATABASE_URL: url.href });
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain(url.password);
  });

  test('what nobody foresaw is told with its trace, which names lines of the sources', async () => {
    const file = path.join(folder, 'a-file');
    await writeFile(file, '');
    const out = path.join(file, 'no-folder');
    const { code, stderr } = await counterpoint(['export', '--all', '--out', out], {}, true);
    expect(code).toBe(1);
    expect(stderr).toContain('ENOTDIR');
    expect(stderr).toMatch(/server\/commands\/export\.ts:\d+:\d+/);
  });

  test('import, export and verify: what goes in comes out, and can be rebuilt', async () => {
    const file = path.join(folder, 'rents.md');
    await writeFile(file, '# Rents\n\nThey *rise*.\n');
    const bad = path.join(folder, 'bad.md');

    const imported = await counterpoint(['import', file, bad]);
    expect(imported.code).toBe(1); // One of the two is not there; the other is in.
    expect(imported.stderr).toMatch(/bad\.md: .*ENOENT/);
    const id = imported.stdout.split(' ')[0]!;

    const one = await counterpoint(['export', id]);
    expect([one.code, one.stdout]).toEqual([0, '# Rents\n\nThey *rise*.\n']);
    const out = path.join(folder, 'out');
    expect((await counterpoint(['export', '--all', '--out', out])).code).toBe(0);
    expect(await readdir(out)).toEqual([`rents-${id}.md`]);
    expect(await readFile(path.join(out, `rents-${id}.md`), 'utf8')).toBe(one.stdout);

    const sound = await counterpoint(['verify'], {}, true);
    expect([sound.code, sound.stdout]).toEqual([0, expect.stringContaining('1 of 1 pieces')]);
  });

  test('D6: verify is 1 where snapshot and journal differ', async () => {
    const [piece] = await sql<{ id: string }[]>`select id from pieces limit 1`;
    await sql`update journal set update = '\\x0000' where piece_id = ${piece!.id}`;
    const { code, stderr } = await counterpoint(['verify', piece!.id], {}, true);
    expect(code).toBe(1);
    expect(stderr).toContain(`${piece!.id}: Snapshot and journal`);
    const none = await counterpoint(['verify', 'nonsense']);
    expect([none.code, none.stderr]).toEqual([1, 'There is no piece nonsense\n']);
  });

  test('a file that is not UTF-8 comes in as Windows-1252, and that is said', async () => {
    const file = path.join(folder, 'old.txt');
    await writeFile(file, Buffer.from([0x93, 0x48, 0x69, 0x94, 0x2e, 0x0a]));
    const { code, stdout, stderr } = await counterpoint(['import', file]);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/old\.txt:1: .*Windows-1252/)]);
    const shown = await counterpoint(['export', stdout.split(' ')[0]!]);
    expect(shown.stdout).toBe('“Hi”.\n');
  });
});
