import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureAdmin } from '../../../server/people/ensure-admin.ts';
import { userOfAccount } from '../../../server/people/oidc/oidc-accounts.ts';
import { until } from '../../support/until.ts';
import { expectProblem, startTestServer, type Person, type TestServer } from '../http/support.ts';
import { inviteFor, openBrowser } from './browser.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const password = 'correct horse battery staple';
let addresses = 0;

/** Signed in at a browser of their own, with a password. */
async function atBrowser(person: Person) {
  const browser = openBrowser(server, `10.20.${addresses >> 8}.${addresses++ & 255}`);
  const invite = await inviteFor(server, person.id);
  expect((await browser.call('POST', '/api/session', { invite, password })).statusCode).toBe(200);
  return browser;
}

async function emailOf(person: Person): Promise<string> {
  const [row] = await server.sql<{ email: string }[]>`
    select email from users where id = ${person.id}`;
  return row!.email;
}

/** Until so many transactions wait for locks, one another's included. */
async function waiting(count: number): Promise<void> {
  await until(`${count} wait for a lock`, async () => {
    const blocked = await server.sql`
      select from pg_stat_activity
      where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`;
    return blocked.length >= count;
  });
}

const change = (person: { id: string }, body: object, by = server.admin) =>
  by.call('PATCH', `/api/users/${person.id}`, body);
const erase = (person: { id: string }, by = server.admin) =>
  by.call('DELETE', `/api/users/${person.id}`);

describe('P5 who leaves is out, by every way in', () => {
  const ends: [string, (person: Person) => ReturnType<Person['call']>][] = [
    ['disabled', (person) => change(person, { disabled: true })],
    ['erased', (person) => erase(person)],
  ];

  test.each(ends)('%s: token, session, password and invite sign nobody in', async (name, end) => {
    const leaver = await server.person(`Leaver ${name}`);
    const email = await emailOf(leaver);
    const browser = await atBrowser(leaver);
    const invite = await inviteFor(server, leaver.id);
    expect((await end(leaver)).statusCode).toBeLessThan(300);
    expectProblem(await leaver.call('GET', '/api/me'), 401, 'not_signed_in');
    expectProblem(await browser.call('GET', '/api/me'), 401, 'not_signed_in');
    const again = openBrowser(server, `10.21.0.${addresses++}`);
    const byPassword = await again.call('POST', '/api/session', { email, password });
    expectProblem(byPassword, 401, 'wrong_credentials');
    expectProblem(await again.call('POST', '/api/session', { invite }), 401, 'invite_invalid');
  });

  test('nothing that would sign in somebody disabled is made, and they are free when enabled', async () => {
    const person = await server.person('Disabled Dora');
    await atBrowser(person);
    await change(person, { disabled: true });
    const { admin } = server;
    const url = `/api/users/${person.id}`;
    expectProblem(await admin.call('POST', `${url}/invite`), 409, 'user_disabled');
    expectProblem(await admin.call('POST', `${url}/tokens`, { name: 'x' }), 409, 'user_disabled');
    const enabled = await change(person, { disabled: false });
    expect(enabled.json()).toMatchObject({ disabled: false });
    const body = { email: await emailOf(person), password };
    const browser = openBrowser(server, '10.22.0.1');
    expect((await browser.call('POST', '/api/session', body)).statusCode).toBe(200);
    // What had ended stays ended.
    expectProblem(await person.call('GET', '/api/me'), 401, 'not_signed_in');
  });

  test('who signs in while they are being disabled has no session afterwards', async () => {
    const racer = await server.person('Racing Rita');
    await atBrowser(racer);
    const body = { email: await emailOf(racer), password };
    const browsers = Array.from({ length: 8 }, (_, n) => openBrowser(server, `10.23.0.${n}`));
    await Promise.all([
      ...browsers.map((browser) => browser.call('POST', '/api/session', body)),
      change(racer, { disabled: true }),
    ]);
    const [left] = await server.sql<{ count: number }[]>`
      select count(*)::int as count from sessions where user_id = ${racer.id}`;
    expect(left!.count).toBe(0);
  });
});

describe('P5 an erased person', () => {
  test('leaves no name and no address in the database; words stay as a former member’s', async () => {
    const person = await server.person('Erasmus Unmistakable');
    const pieceId = await server.piece(person, { title: 'Mine', content: 'Words of his.' });
    const anchor = { quote: 'Words of his' };
    await person.call('POST', `/api/pieces/${pieceId}/threads`, { anchor, body: 'A note.' });
    await atBrowser(person);
    await change(person, { name: 'Erasmus Unmistakable II' });
    expect((await erase(person)).statusCode).toBe(204);
    expectProblem(await erase(person), 404, 'no_such_user');
    expectProblem(await change(person, { disabled: false }), 404, 'no_such_user');
    const { items: threads } = (
      await server.admin.call('GET', `/api/pieces/${pieceId}/threads`)
    ).json<{ items: { comments: { author: { id: string; name: string } }[] }[] }>();
    const former = { id: person.id, name: 'Former member' };
    expect(threads[0]!.comments[0]!.author).toMatchObject(former);
    const tables = await server.sql<{ name: string }[]>`
      select table_name as name from information_schema.tables where table_schema = 'public'`;
    for (const { name } of tables) {
      const rows = await server.sql<{ row: string }[]>`
        select t::text as row from ${server.sql(name)} t
        where t::text ilike '%unmistakable%'`;
      expect([name, ...rows.map(({ row }) => row)]).toEqual([name]);
    }
    const events = await server.admin.call('GET', `/api/users/${person.id}/events`);
    const kinds = events.json<{ items: { kind: string }[] }>().items.map(({ kind }) => kind);
    expect(kinds.slice(0, 2)).toEqual(['user.erased', 'user.renamed']);
  });

  test('is in no list any more, and the address can be used anew, by somebody else', async () => {
    const person = await server.person('Twice Used');
    const email = await emailOf(person);
    const pieceId = await server.piece(server.admin);
    await server.admin.call('PUT', `/api/pieces/${pieceId}/members/${person.id}`, {
      role: 'writer',
    });
    await erase(person);
    const lists = ['/api/users?limit=200', `/api/pieces/${pieceId}/members`];
    for (const url of lists)
      expect((await server.admin.call('GET', url)).body).not.toContain(person.id);
    const put = await server.admin.call('PUT', `/api/pieces/${pieceId}/members/${person.id}`, {
      role: 'reader',
    });
    expectProblem(put, 404, 'no_such_user');
    const anew = await server.admin.call('POST', '/api/users', { email, name: 'Another' });
    expect(anew.statusCode).toBe(201);
    expect(anew.json<{ id: string }>().id).not.toBe(person.id);
  });

  test('who is put on a piece, makes one or ties an account while being erased is on none and in none', async () => {
    const person = await server.person('Just Gone');
    const identity = {
      issuer: 'https://id.example',
      subject: person.id,
      email: await emailOf(person),
    };
    const pieceId = await server.piece(server.admin);
    const put = () =>
      server.admin.call('PUT', `/api/pieces/${pieceId}/members/${person.id}`, { role: 'writer' });
    // Erased, and not yet committed: all three have to see it once it is.
    const { answers } = await server.sql.begin(async (tx) => {
      await tx`select from users where id = ${person.id} for update`;
      const answers = Promise.all([
        put(),
        person.call('POST', '/api/pieces', { title: 'Too late' }),
        userOfAccount(server.sql, identity),
      ]);
      await waiting(3);
      await tx`
        update users set email = null, erased_at = now(), disabled_at = now() where id = ${person.id}`;
      return { answers };
    });
    const [added, made, account] = await answers;
    expectProblem(added, 404, 'no_such_user');
    // Made, and not theirs to see any more: the admins have it.
    expectProblem(made, 404, 'no_such_piece');
    expect(account).toBeNull();
    const [left] = await server.sql`
      select (select count(*)::int from members where user_id = ${person.id}) as members,
             (select count(*)::int from oidc_accounts where user_id = ${person.id}) as accounts`;
    expect(left).toEqual({ members: 0, accounts: 0 });
  });
});

describe('P5 changing a person', () => {
  test('oneself the name alone, an admin everything', async () => {
    const [person, other] = [await server.person('Own Name'), await server.person('Other One')];
    const renamed = await change(person, { name: 'New Name' }, person);
    expect(renamed.json()).toMatchObject({ id: person.id, name: 'New Name' });
    for (const body of [
      { email: 'own@example.org' },
      { role: 'admin' },
      { disabled: true },
      { name: 'X', role: 'admin' },
    ]) {
      expectProblem(await change(person, body, person), 403, 'forbidden');
    }
    expectProblem(await change(other, { name: 'Mocked' }, person), 403, 'forbidden');
    expectProblem(await erase(person, person), 403, 'forbidden');
    expectProblem(await change(person, {}), 400, 'validation');
    const all = { name: 'N', email: 'n.n@example.org', role: 'admin' };
    expect((await change(person, all)).json()).toMatchObject(all);
    await change(person, { role: 'member' });
  });

  test('an address is one in every form of its letters, and stays another’s', async () => {
    const [person, other] = [await server.person('José One'), await server.person('José Two')];
    // In NFD, with capitals and spaces around.
    const changed = await change(person, { email: ' JOSE\u0301@Example.org ' });
    expect(changed.json()).toMatchObject({ email: 'JOSÉ@Example.org' });
    expectProblem(await change(other, { email: 'josé@example.org' }), 409, 'email_taken');
    const added = { email: 'jose\u0301@example.org', name: 'Three' };
    expectProblem(await server.admin.call('POST', '/api/users', added), 409, 'email_taken');
    for (const email of ['jos\0é@example.org', 'x\ud800@example.org', 'a b@example.org']) {
      expectProblem(await change(other, { email }), 400, 'validation');
    }
  });
});

describe('P5 the last admin who can sign in stays', () => {
  const away: [string, object | null][] = [
    ['demoted', { role: 'member' }],
    ['disabled', { disabled: true }],
    ['erased', null],
  ];
  const take = (person: { id: string }, body: object | null, by: Person) =>
    body === null ? erase(person, by) : change(person, body, by);

  test.each(away)(
    '%s: 409, also where others are admins who have no way in',
    async (_name, body) => {
      expectProblem(await take(server.admin, body, server.admin), 409, 'last_admin');
      const body2 = {
        email: `never-in-${addresses++}@example.org`,
        name: 'Never In',
        role: 'admin',
      };
      const neverIn = (await server.admin.call('POST', '/api/users', body2)).json<{ id: string }>();
      expectProblem(await take(server.admin, body, server.admin), 409, 'last_admin');
      // Who has no way in takes none away.
      expect((await take(neverIn, body, server.admin)).statusCode).toBeLessThan(300);
    },
  );

  test.each(away)('%s: of two who shut each other out at once, one stays', async (name, body) => {
    for (let round = 0; round < 5; round++) {
      const [ann, bob] = [
        await server.person(`Ann ${name} ${round}`, 'admin'),
        await server.person(`Bob ${name} ${round}`, 'admin'),
      ];
      await server.sql`update users set role = 'member' where id = ${server.admin.id}`;
      const answers = await Promise.all([take(ann, body, bob), take(bob, body, ann)]);
      const [row] = await server.sql<{ count: number }[]>`
        select count(*)::int as count from users where role = 'admin' and disabled_at is null
          and id in (${ann.id}, ${bob.id})`;
      expect([row!.count, answers.filter(({ statusCode }) => statusCode < 300).length]).toEqual([
        1, 1,
      ]);
      await server.sql`update users set role = 'admin' where id = ${server.admin.id}`;
      await server.sql`update users set role = 'member' where id in (${ann.id}, ${bob.id})`;
    }
  });

  test('a restart lets a disabled admin of the configuration stay out, and makes an erased one anew', async () => {
    const admin = { email: 'ops@example.org', token: 'ops-token-of-at-least-32-characters-long' };
    const id = (await ensureAdmin(server.sql, admin))!;
    await change({ id }, { disabled: true });
    expect(await ensureAdmin(server.sql, admin)).toBeNull();
    const headers = { authorization: `Bearer ${admin.token}` };
    expectProblem(await server.app.inject({ url: '/api/me', headers }), 401, 'not_signed_in');
    await erase({ id });
    const anew = await ensureAdmin(server.sql, admin);
    expect(anew).not.toBe(id);
    expect((await server.app.inject({ url: '/api/me', headers })).json()).toMatchObject({
      id: anew,
    });
  });
});
