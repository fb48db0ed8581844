import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { createRefusedStore } from '../../../server/store/refused-store.ts';
import { v7 as newId } from 'uuid';
import { insertComment } from '../../../server/threads/comments/comment-store.ts';
import { insertVersion } from '../../../server/versions/store.ts';
import { insertThread } from '../../../server/threads/thread-store.ts';
import { anchorAt, FieldText, type Anchor } from '../../../shared/anchors/index.ts';
import { pieceRoles } from '../../../shared/roles.ts';
import { expectProblem, startTestServer, type Person, type TestServer } from '../http/support.ts';
import { rules, type Fixture, type RouteRule } from './rules.ts';

/** Everybody who may come along: with no sign-in, on no piece, in each role, and an admin. */
const callers = ['nobody', 'none', 'reader', 'reviewer', 'writer', 'owner', 'admin'] as const;
type Caller = (typeof callers)[number];

let server: TestServer;
let people: Record<Exclude<Caller, 'nobody' | 'admin'> | 'other', Person>;
let routes: string[];

beforeAll(async () => {
  server = await startTestServer();
  const names = ['none', 'reader', 'reviewer', 'writer', 'owner', 'other'] as const;
  const made = await Promise.all(
    names.map(async (name) => [name, await server.person(name)] as const),
  );
  people = Object.fromEntries(made) as typeof people;
  const { paths } = (await server.app.inject({ url: '/openapi.json' })).json<{
    paths: Record<string, Record<string, object>>;
  }>();
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
});
afterAll(() => server.close());

/** For all calls that change nothing: those that read, and those of who may not. */
const shared = new Map<boolean, Promise<Fixture>>();
function sharedFixture({ deleted = false }: RouteRule): Promise<Fixture> {
  const made = shared.get(deleted) ?? makeFixture(deleted);
  shared.set(deleted, made);
  return made;
}

/** A piece with a member of each role and one more, so that no call spoils another's. */
async function makeFixture(deleted: boolean): Promise<Fixture> {
  const pieceId = await server.piece(people.owner, { content: 'Some words.' });
  for (const name of ['reader', 'reviewer', 'writer'] as const) {
    await server.sql`
      insert into members (piece_id, user_id, role) values (${pieceId}, ${people[name].id}, ${name})`;
  }
  const other = people.other;
  await server.sql`
    insert into members (piece_id, user_id, role) values (${pieceId}, ${other.id}, 'reader')`;
  if (deleted) await server.sql`update pieces set deleted_at = now() where id = ${pieceId}`;
  const token = await server.admin.call('POST', `/api/users/${other.id}/tokens`, { name: 'x' });
  return {
    pieceId,
    otherId: other.id,
    otherTokenId: token.json<{ id: string }>().id,
    leaverId: await makeLeaver(),
    refusedId: await makeRefused(pieceId, people.reader.id),
    versionId: await insertVersion(server.sql, {
      ...{ pieceId, kind: 'named', name: 'First', createdBy: people.owner.id },
    }),
    ...(await makeThreads(pieceId)),
  };
}

async function makeLeaver(): Promise<string> {
  const id = newId();
  await server.sql`
    insert into users (id, email, name) values (${id}, ${`${id}@example.org`}, 'Leaver')`;
  return id;
}

/** A comment thread that everybody who may has written in, and a suggestion, both the owner's. */
async function makeThreads(pieceId: string) {
  const { sql, admin } = server;
  const anchor = anchorOn('Some words.');
  const [threadId, suggestionId] = [newId(), newId()];
  const thread = { pieceId, createdBy: people.owner.id, field: 'body' as const, anchor };
  await insertThread(sql, { ...thread, id: threadId, replacement: null });
  await insertThread(sql, { ...thread, id: suggestionId, replacement: 'Other words.' });
  const { owner, writer, reviewer } = people;
  const written = Object.entries({ owner, writer, reviewer, admin }).map(async ([name, { id }]) => {
    const comment = { pieceId, threadId, author: id, body: 'Is it?', mentions: [] };
    return [name, await insertComment(sql, comment)] as const;
  });
  return { threadId, suggestionId, commentIds: Object.fromEntries(await Promise.all(written)) };
}

/** An anchor on a text that some body has; where it is not this one, it is found by its quote. */
function anchorOn(quote: string): Anchor {
  const body = new Y.Doc().getText('body');
  body.insert(0, quote);
  return anchorAt(new FieldText(body), { from: 0, to: quote.length });
}

/** Something that the reader wrote on a piece. */
async function makeRefused(pieceId: string, author: string): Promise<string> {
  const doc = new Y.Doc();
  doc.getText('body').insert(0, 'graffiti');
  const store = createRefusedStore(server.sql, 1_000_000);
  const id = await store.keep({
    ...{ pieceId, author, clientId: doc.clientID, reason: 'may_not_edit' },
    ...{ update: Y.encodeStateAsUpdate(doc), added: 'graffiti', removed: '' },
  });
  // Whoever applies it has been shown it.
  for (const may of [server.admin, people.owner]) {
    await may.call('GET', `/api/pieces/${pieceId}/refused`);
  }
  return id!;
}

async function call(
  who: Caller,
  route: string,
  rule: RouteRule,
  fixture: Fixture,
): Promise<LightMyRequestResponse> {
  const [method, path] = route.split(' ') as ['GET', string];
  const url = rule.url?.(fixture, who) ?? path;
  if (who === 'nobody') {
    return server.app.inject({ method, url, ...(rule.body && { payload: rule.body }) });
  }
  const person = who === 'admin' ? server.admin : people[who];
  return person.call(method, url, rule.body, rule.headers);
}

/** What an id is told to be that is nobody's, or of a piece that one may not see. */
function missing(route: string): string {
  const things = { threads: 'thread', comments: 'comment', versions: 'version' };
  const [, kind = ''] = /^\w+ \/api\/(\w+)\//.exec(route) ?? [];
  if (kind === 'refused') return 'no_such_refused_edit';
  return `no_such_${things[kind as keyof typeof things] ?? 'piece'}`;
}

/** Whether `who` may, and what they are told where they may not. */
function expected(who: Caller, route: string, rule: RouteRule): number | [number, string] {
  const success = rule.status ?? 200;
  if (rule.who === 'anybody') return success;
  if (who === 'nobody') return [401, 'not_signed_in'];
  if (rule.who === 'signed in' || who === 'admin') return success;
  if (rule.who === 'admin') return [403, 'forbidden'];
  if (who === 'none') return [404, missing(route)];
  const may = pieceRoles.indexOf(who) <= pieceRoles.indexOf(rule.who);
  return may ? success : [403, 'forbidden'];
}

test('every route has a rule, and every rule a route', () => {
  expect(routes.sort()).toEqual(Object.keys(rules).sort());
});

describe.each(Object.entries(rules))('%s', (route, rule) => {
  test.each(callers)(`P1 for %s, where ${rule.who} may`, async (who) => {
    const wanted = expected(who, route, rule);
    const changes = !route.startsWith('GET ') && typeof wanted === 'number';
    const own = changes && rule.url !== undefined;
    const fixture = own ? await makeFixture(rule.deleted === true) : await sharedFixture(rule);
    const answer = await call(who, route, rule, fixture);
    if (typeof wanted === 'number') {
      expect({ status: answer.statusCode, body: answer.body }).toMatchObject({ status: wanted });
    } else expectProblem(answer, wanted[0], wanted[1]);
    if (!changes) return;
    // An address that was added is free for the next who may.
    await server.sql`delete from users where email = 'new@example.org'`;
    await server.sql`update users set password_hash = null`;
  });
});

/** The ids of something that is there, each replaced by one that is nobody's. */
function madeUp(fixture: Fixture): Fixture {
  return JSON.parse(
    JSON.stringify(fixture, (_key, value: unknown) =>
      typeof value === 'string' ? newId() : value,
    ),
  ) as Fixture;
}

const aboutOne = Object.entries(rules).filter(
  ([, { who, url }]) => url !== undefined && who !== 'anybody' && who !== 'signed in',
);

test.each(aboutOne)(
  'P1 %s: who has no right is told the same of an id that exists and of one that does not',
  async (route, rule) => {
    const fixture = await sharedFixture(rule);
    const told = async (on: Fixture) => {
      const answer = await call('none', route, rule, on);
      const { headers } = answer;
      const body: object = { ...answer.json<object>(), instance: null };
      return { status: answer.statusCode, body, names: Object.keys(headers).sort() };
    };
    expect(await told(fixture)).toEqual(await told(madeUp(fixture)));
  },
);
