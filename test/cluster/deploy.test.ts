/** Two versions side by side: the release before (test/fixtures/previous-release) and this one. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import postgres from 'postgres';
import {
  chance,
  expectAllThere,
  expectTogether,
  openDesk,
  runCommand,
  type Desk,
} from '../durability/desk.ts';
import { startTyping, Typist } from '../durability/typist.ts';
import { api, connectListening } from '../engine/people-in-room.ts';
import { createPiece, docHolds } from '../support/clients.ts';
import { addMember, createPerson } from '../support/people.ts';
import { createDatabase } from '../support/postgres.ts';
import {
  installPresent,
  installPrevious,
  type Installed,
} from '../support/previous-release/release.ts';
import type { Random } from '../support/random.ts';
import { hasRedis, ifRedis, startRedis } from '../support/redis.ts';
import { startServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

/** A release that expands what the one before has, and takes a default away that this one needs. */
const further = {
  '9001_expand.sql': 'alter table pieces add column deadline timestamptz;\n',
  '9002_contract.sql':
    '-- contract: the place among the servers of who does not say which schema it knows\n' +
    'alter table servers alter column migration drop default;\n',
};

/** Rests between keystrokes: people type all the time that servers take to start. */
const mostRestMs = 150;
/** In ms: a deploy is a dozen starts. */
const timeout = 600_000;

let [old, present]: Installed[] = [];
beforeAll(async () => {
  [old, present] = await Promise.all([installPrevious(), installPresent(further)]);
});
afterAll(async () => {
  await old?.remove();
  await present?.remove();
});

async function ground() {
  const random = chance();
  const database = await createDatabase({ empty: true });
  onTestFinished(() => database.drop());
  const redis = hasRedis ? await startRedis() : null;
  onTestFinished(() => redis?.remove());
  const env = { DATABASE_URL: database.directUrl, ...(redis && { REDIS_URL: redis.url }) };
  const sql = postgres(database.directUrl, { max: 1, onnotice: () => undefined });
  onTestFinished(() => sql.end());
  const applied = async () => {
    const rows = await sql<{ name: string }[]>`
      select name from schema_migrations union select name from schema_expansions`;
    return new Set(rows.map(({ name }) => name));
  };
  return { random, env, sql, applied };
}

/** A writer at each desk that is named. */
async function seat(desks: readonly Desk[], piece: string, random: Random): Promise<Typist[]> {
  const typists: Typist[] = [];
  onTestFinished(() => typists.forEach(({ client }) => client.destroy()));
  for (const desk of desks) {
    const hand = typists.length;
    const person = await createPerson(desk, `Typist ${hand}`);
    await addMember(desk, piece, person, 'writer');
    typists.push(new Typist(desk, piece, { hand, token: person.token, random }));
  }
  return typists;
}

test(
  `E1 a deploy under typing: the release before runs beside this one, restarts on its schema, and loses what it needs when it has gone; \`counterpoint migrate\` takes nothing from one that runs, and reckons with none that was killed${ifRedis}`,
  { timeout },
  async () => {
    const { random, env, sql, applied } = await ground();
    const desks = [await openDesk(env, old!.cli), await openDesk(env, old!.cli)] as const;
    const [first, second] = desks;
    const piece = await createPiece(first);
    const typists = await seat([...desks, ...desks], piece, random);
    const typing = startTyping(typists, mostRestMs);
    await typing.keys(30);

    expect(await first.terminate()).toBe(0);
    await first.start(present!.cli);
    expect(await applied()).toContain('9001_expand.sql');
    await typing.keys(30);

    await sideBySide(first, second);
    await typing.keys(20);
    // An older one that ends in the middle of the deploy comes back; one that ended in order, in the test below.
    await second.kill9();
    await typing.keys(20);
    await second.start();
    await typing.keys(20);
    expect(await applied()).not.toContain('9002_contract.sql');

    const migrate = async () => {
      const { code, output } = await runCommand(['migrate'], env, present!.cli);
      expect(code).toBe(0);
      return output;
    };
    // On another machine, where only its silence tells.
    const stranger = '01a22e92-0000-7000-8000-000000000001';
    await sql`insert into servers (id, host, pid) values (${stranger}, 'elsewhere', 1)`;
    expect(await migrate()).toMatch(/do not know 9002_contract.sql are running: stop them/);
    expect(await applied()).not.toContain('9002_contract.sql');
    expect(await sql`select from servers where id = ${stranger}`).toEqual([]);
    const { pid } = second.server;
    await second.kill9();
    expect(await sql`select from servers where pid = ${pid}`).toHaveLength(1);
    expect(await migrate()).toMatch(/The schema is up to date/);
    expect(await applied()).toContain('9002_contract.sql');
    await typing.keys(20);
    await expect(startServerProcess(second.env, old!.cli)).rejects.toThrow(
      'The database is of a newer server (it has 9002_contract.sql); run that version',
    );
    await second.start(present!.cli);
    await typing.keys(20);
    await typing.stop();
    await expectTogether(typists);
    await expectAllThere(desks, piece, typists, present!.cli);
  },
);

/** What people at two servers have to do with each other, besides writing, goes both ways. */
async function sideBySide(...desks: readonly [Desk, Desk]): Promise<void> {
  for (const [here, there] of [desks, [desks[1], desks[0]] as const]) {
    const piece = await createPiece(here, { content: 'One two three.', format: 'text' });
    const [owner, writer] = [
      await createPerson(here, `Owner at ${here.url}`),
      await createPerson(there, `Writer at ${there.url}`),
    ];
    await addMember(here, piece, owner, 'owner');
    await addMember(there, piece, writer, 'writer');
    const near = connectListening(here, piece, { token: owner.token });
    const far = connectListening(there, piece, { token: writer.token });
    onTestFinished(() => [near, far].forEach((client) => client.destroy()));
    await Promise.all([near.synced(), far.synced()]);

    const states = () => far.provider.awareness.getStates() as Map<number, { user?: object }>;
    // The release before tells nobody of what moves between its greeting and the answer: people move on.
    let cursor = 0;
    const isSeen = () => {
      near.provider.awareness.setLocalState({ cursor: ++cursor });
      return states().has(near.doc.clientID);
    };
    await until('each sees the other’s cursor', isSeen, undefined, 100);
    expect(states().get(near.doc.clientID)).toMatchObject({ user: { id: owner.id } });

    const { id } = await api<{ id: string }>(here, 'POST', `/pieces/${piece}/threads`, {
      token: owner.token,
      body: { anchor: { quote: 'two' }, body: 'Why?', suggestion: { replacement: 'four' } },
    });
    expect(await far.event('thread')).toMatchObject({ kind: 'created', id });
    await api(there, 'POST', `/threads/${id}/comments`, {
      token: writer.token,
      body: { body: 'Because.' },
    });
    await api(there, 'POST', `/threads/${id}/accept`, { token: writer.token });
    await docHolds(near.doc, () => near.body.toJSON().includes('four'));
    const thread = await api<{ comments: { body: string }[] }>(here, 'GET', `/threads/${id}`);
    expect(thread.comments.map(({ body }) => body)).toContain('Because.');

    await api(here, 'PATCH', `/pieces/${piece}`, { token: owner.token, body: { locked: true } });
    await far.event('lock');
    far.body.insert(0, 'Too late. ');
    await far.event('refused');
    await api(here, 'PATCH', `/pieces/${piece}`, { token: owner.token, body: { locked: false } });
    expect(near.body.toJSON()).not.toContain('Too late.');

    const closed = far.closed();
    await api(here, 'DELETE', `/pieces/${piece}/members/${writer.id}`, { token: owner.token });
    expect(await closed).toBe(4403);
  }
}

test(
  'E1 a deploy is rolled back: the release before starts on a schema that was only expanded',
  { timeout },
  async () => {
    const { random, env, applied } = await ground();
    const desk = await openDesk(env, old!.cli);
    const piece = await createPiece(desk);
    const typists = await seat([desk, desk], piece, random);
    const typing = startTyping(typists, mostRestMs);
    await typing.keys(20);
    expect(await desk.terminate()).toBe(0);
    // This version as it is, which takes nothing away.
    const here = await installPresent({ '9001_expand.sql': further['9001_expand.sql'] });
    onTestFinished(() => here.remove());
    await desk.start(here.cli);
    await typing.keys(20);
    expect(await applied()).toContain('9001_expand.sql');
    expect(await desk.terminate()).toBe(0);
    await desk.start(old!.cli);
    await typing.keys(20);
    await typing.stop();
    await expectTogether(typists);
    expect(await desk.terminate()).toBe(0);
    await desk.start(here.cli);
    await expectAllThere([desk], piece, typists, here.cli);
  },
);

test(
  'E1 an older server that stood still while its schema was taken away saves nothing any more, and its people lose nothing',
  { timeout },
  async () => {
    const { random, env, applied } = await ground();
    const soon = { ...env, CONTRACT_AFTER_MS: '1000' };
    const desks = [await openDesk(soon, old!.cli), await openDesk(soon, present!.cli)] as const;
    const piece = await createPiece(desks[0]);
    const typists = await seat(desks, piece, random);
    const typing = startTyping(typists, mostRestMs);
    await typing.keys(20);
    const { pid } = desks[0].server;
    process.kill(pid, 'SIGSTOP');
    await until(
      'it is taken for dead, and what it needs is taken away',
      async () => (await applied()).has('9002_contract.sql'),
      30_000,
      100,
    );
    process.kill(pid, 'SIGCONT');
    await until('it says why', () =>
      desks[0].server.log.some((line) => /older than the database/.test(line)),
    );
    expect((await fetch(`${desks[0].url}/readyz`)).status).toBe(503);
    await desks[0].terminate();
    await desks[0].start(present!.cli);
    await typing.keys(20);
    await typing.stop();
    await expectTogether(typists);
    await expectAllThere(desks, piece, typists, present!.cli);
  },
);
