/** `counterpoint backup` and `restore` as an operator runs them, while people write. */
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../server/db/open.ts';
import { connectSaved, createPiece, type SavedClient } from '../../support/clients.ts';
import { startCommands, type Commands } from '../../support/commands/commands.ts';
import { createPerson } from '../../support/people.ts';
import { makePiece } from '../../support/pieces.ts';
import { createDatabase } from '../../support/postgres.ts';
import { runSeed, seeded } from '../../support/random.ts';
import { runCli } from '../../support/run-cli.ts';
import { startServerProcess, type ServerProcess } from '../../support/server-process.ts';
import { silentLog } from '../../support/silent-log.ts';
import { until } from '../../support/until.ts';

let folder: string;
let commands: Commands;
beforeAll(async () => {
  commands = await startCommands();
  folder = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-typing-'));
});
afterAll(async () => {
  await commands.close();
  await rm(folder, { recursive: true });
});

/** Where a server's database is, and an empty one beside it. */
interface Place {
  readonly env: Record<string, string>;
  readonly elsewhere: Record<string, string>;
  remove(): Promise<void>;
}

const places: Record<string, () => Promise<Place>> = {
  embedded: async () => {
    const [one, two] = [path.join(folder, 'one'), path.join(folder, 'two')];
    const env = { DATA_DIR: one };
    return { env, elsewhere: { DATA_DIR: two }, remove: async () => undefined };
  },
  DATABASE_URL: async () => {
    const [one, two] = [await createDatabase(), await createDatabase({ empty: true })];
    return {
      env: { DATABASE_URL: one.url },
      elsewhere: { DATABASE_URL: two.url },
      async remove() {
        await one.drop();
        await two.drop();
      },
    };
  },
};

/** Looked at again and again: a client that comes back begins to count anew. */
async function saved({ provider, sent, saved: told }: SavedClient): Promise<void> {
  await until('all that was sent is saved', () => provider.synced && told() >= sent());
}

/** Types on until told to stop, and counts what it was told is saved. */
class Typist {
  readonly client: SavedClient;
  #stopped = false;
  readonly #done: Promise<void>;

  constructor(client: SavedClient, name: string, random: ReturnType<typeof seeded>) {
    this.client = client;
    this.#done = (async () => {
      await client.synced();
      for (let word = 0; !this.#stopped; word++) {
        const { body } = client;
        body.insert(
          random.int(body.length),
          `${name}${word} `,
          random.int(4) === 0 ? { bold: true } : {},
        );
        if (word % 7 === 6) body.delete(random.int(body.length - 1), 1);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    })();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
    await saved(this.client);
  }
}

async function bodiesAt(server: ServerProcess, ids: readonly string[], token: string) {
  return Promise.all(
    ids.map(async (id) => {
      const client = connectSaved(server, id, { token });
      await client.synced();
      const text = JSON.stringify(client.body.toDelta());
      client.destroy();
      return text;
    }),
  );
}

describe.each(Object.keys(places))('a server on its %s', (kind) => {
  test('a backup while people write holds all that was saved before it, is restored elsewhere to the letter, and who still has the piece open goes on', async () => {
    const place = await places[kind]!();
    const seed = runSeed();
    const random = seeded(seed);
    const server = await startServerProcess(place.env);
    const typists: Typist[] = [];
    try {
      const people = await Promise.all(['Ann', 'Ben'].map((name) => createPerson(server, name)));
      const ids = await Promise.all(
        Array.from({ length: 3 }, (_, i) => createPiece(server, { content: `Piece ${i}.` })),
      );
      const admin = { authorization: `Bearer test-admin-token-0123456789-0123456789` };
      for (const id of ids) {
        for (const person of people) {
          const url = `${server.url}/api/pieces/${id}/members/${person.id}`;
          const how = { method: 'PUT', headers: { ...admin, 'content-type': 'application/json' } };
          expect((await fetch(url, { ...how, body: '{"role":"writer"}' })).status).toBe(200);
        }
      }
      // A deleted piece is in the backup too.
      const gone = await createPiece(server, { content: 'Gone.' });
      await fetch(`${server.url}/api/pieces/${gone}`, { method: 'DELETE', headers: admin });
      for (const id of ids) {
        for (const { token, name } of people) {
          typists.push(new Typist(connectSaved(server, id, { token }), name, random));
        }
      }
      await until('everybody has been saved', () =>
        typists.every(({ client }) => client.saved() > 20),
      );
      const early = typists.map(({ client }) => client.saved());
      const file = path.join(folder, `${kind}.backup`);
      const backup = await runCli(['backup', file], place.env);
      expect([seed, backup.code, backup.stderr]).toEqual([seed, 0, '']);
      const said = /as of (\S+): 5 pieces with (\d+) journal rows, 3 people/;
      const pieces = kind === 'embedded' ? said : new RegExp(said.source.replace('5', '4'));
      expect(backup.stdout.toString()).toMatch(pieces);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      await until('people went on', () =>
        typists.every(({ client }, i) => client.saved() > early[i]! + 20),
      );
      // What each brings back builds on the others' words, and so much may wait for those (B3).
      await Promise.all(typists.map((typist) => typist.stop()));

      const again = await commands.run(['backup', file], place.env);
      expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('is there already')]);
      const piped = await runCli(['backup', '-'], place.env);
      expect(piped.code).toBe(0);
      await writeFile(path.join(folder, `${kind}.piped`), piped.stdout);
      expect((await readdir(folder)).filter((name) => name.endsWith('.unfinished'))).toEqual([]);

      const inUse = await commands.run(['restore', file], place.env);
      expect([inUse.code, inUse.stderr]).toEqual([1, expect.stringMatching(/in use/)]);

      const restored = await runCli(['restore', file], place.elsewhere);
      expect([seed, restored.code, restored.stderr]).toEqual([seed, 0, expect.any(String)]);
      const moment = pieces.exec(backup.stdout.toString())![1]!;
      expect(restored.stdout.toString()).toContain(`Every text is as it was at ${moment}`);
      const verified = await commands.run(['verify'], place.elsewhere);
      expect([verified.code, verified.stdout.toString()]).toEqual([
        0,
        expect.stringContaining('all are the same'),
      ]);
      const full = await commands.run(['restore', file], place.elsewhere);
      expect([full.code, full.stderr]).toEqual([
        1,
        expect.stringMatching(/holds \d pieces and 3 people/),
      ]);

      const last = await bodiesAt(server, ids, people[0]!.token);
      const copy = await startServerProcess(place.elsewhere);
      try {
        // The words from before the backup are there, whoever asks.
        const before = await bodiesAt(copy, ids, people[1]!.token);
        for (const [i, text] of before.entries()) {
          expect(text).toContain(`Ann`);
          expect(text.length).toBeLessThan(last[i]!.length);
        }
        // And who still has a piece open brings back what was written after it.
        const docs = typists.map(({ client }) => client.doc);
        for (const { client } of typists) client.provider.disconnect();
        const back = docs.map((doc, i) =>
          connectSaved(copy, ids[Math.floor(i / 2)]!, { doc, token: people[i % 2]!.token }),
        );
        await Promise.all(back.map(saved));
        await until(
          'all words are back',
          async () => {
            const now = await bodiesAt(copy, ids, people[0]!.token);
            return now.every((text, i) => text === last[i]);
          },
          15_000,
          200,
        );
        for (const client of back) client.destroy();
      } finally {
        await copy.terminate();
      }
      const after = await commands.run(['verify'], place.elsewhere);
      expect(after.code).toBe(0);
    } finally {
      for (const { client } of typists) client.destroy();
      await server.terminate();
      await place.remove();
    }
  });
});

test('an embedded database that rests is backed up too, and left as it was', async () => {
  const env = { DATA_DIR: path.join(folder, 'resting') };
  const made = await openDatabase({ databaseUrl: null, dataDir: env.DATA_DIR, log: silentLog });
  await makePiece(made.sql, 'One.');
  await made.close();
  const before = await readdir(path.join(folder, 'resting'));
  const file = path.join(folder, 'resting.backup');
  const { code, stdout } = await commands.run(['backup', file], env);
  expect([code, stdout.toString()]).toEqual([0, expect.stringContaining('1 pieces')]);
  expect(await readdir(path.join(folder, 'resting'))).toEqual(before);
});

test('where there is no database, backup says so and makes none', async () => {
  const env = { DATA_DIR: path.join(folder, 'nowhere') };
  const { code, stderr } = await commands.run(['backup', path.join(folder, 'none.backup')], env);
  expect([code, stderr.trim().split('\n')]).toEqual([
    1,
    [`There is no database in ${env.DATA_DIR}; set DATA_DIR or DATABASE_URL`],
  ]);
  expect(await readdir(folder)).not.toContain('nowhere');
  expect(await readdir(folder)).not.toContain('none.backup');
});
