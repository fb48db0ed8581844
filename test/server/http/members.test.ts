import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { pieceRoles, type PieceRole } from '../../../shared/roles.ts';
import { roleOn } from '../../../server/pieces/roles.ts';
import { expectProblem, startTestServer, type Person, type TestServer } from './support.ts';

let server: TestServer;
let owner: Person;
let others: Record<PieceRole, Person>;
let stranger: Person;
let piece: string;

beforeAll(async () => {
  server = await startTestServer();
  owner = await server.person('Owner');
  stranger = await server.person('Stranger');
  piece = await server.piece(owner, { title: 'Shared', content: 'Some words.' });
  const people = await Promise.all(
    pieceRoles.map(async (role) => {
      const person = await server.person(`The ${role}`);
      const put = await owner.call('PUT', `/api/pieces/${piece}/members/${person.id}`, { role });
      expect(put.json()).toMatchObject({ userId: person.id, role, name: `The ${role}` });
      return [role, person] as const;
    }),
  );
  others = Object.fromEntries(people) as Record<PieceRole, Person>;
});
afterAll(() => server.close());

const nobody = '01900000-0000-7000-8000-000000000000';

describe('who may', () => {
  const calls: [string, PieceRole, (person: Person) => ReturnType<Person['call']>][] = [
    ['read', 'reader', (p) => p.call('GET', `/api/pieces/${piece}`)],
    ['read members', 'reader', (p) => p.call('GET', `/api/pieces/${piece}/members`)],
    ['export', 'reader', (p) => p.call('GET', `/api/pieces/${piece}/export`)],
    ['outline', 'reader', (p) => p.call('GET', `/api/pieces/${piece}/outline`)],
    ['rename', 'writer', (p) => p.call('PATCH', `/api/pieces/${piece}`, { title: 'Shared' })],
    [
      'change status',
      'writer',
      (p) => p.call('PATCH', `/api/pieces/${piece}`, { status: 'draft' }),
    ],
    [
      'put members',
      'owner',
      (p) => p.call('PUT', `/api/pieces/${piece}/members/${others.reader.id}`, { role: 'reader' }),
    ],
    ['remove members', 'owner', (p) => p.call('DELETE', `/api/pieces/${piece}/members/${nobody}`)],
    ['bring back', 'owner', (p) => p.call('POST', `/api/pieces/${piece}/undelete`)],
  ];

  test.each(calls)('%s: at least a %s', async (_name, least, call) => {
    for (const role of pieceRoles) {
      const answer = await call(others[role]);
      const allowed = pieceRoles.indexOf(role) <= pieceRoles.indexOf(least);
      if (!allowed) expectProblem(answer, 403, 'forbidden');
      else if (answer.statusCode !== 200) expectProblem(answer, 404, 'not_a_member');
    }
    expectProblem(await call(stranger), 404, 'no_such_piece');
    expect([200, 404]).toContain((await call(server.admin)).statusCode);
  });

  test('delete: an owner', async () => {
    for (const role of ['writer', 'reviewer', 'reader'] as const) {
      const refused = await others[role].call('DELETE', `/api/pieces/${piece}`);
      expectProblem(refused, 403, 'forbidden');
    }
    expectProblem(await stranger.call('DELETE', `/api/pieces/${piece}`), 404, 'no_such_piece');
  });

  test('a list of pieces gives one’s own role on each', async () => {
    for (const role of pieceRoles) {
      const page = await others[role].call('GET', '/api/pieces');
      expect(page.json()).toMatchObject({ items: [{ id: piece, role }] });
    }
  });
});

describe('changing members', () => {
  test('the last owner stays, however they would go', async () => {
    const id = await server.piece(owner);
    const self = `/api/pieces/${id}/members/${owner.id}`;
    expectProblem(await owner.call('DELETE', self), 409, 'last_owner');
    expectProblem(await owner.call('PUT', self, { role: 'writer' }), 409, 'last_owner');
    expectProblem(await server.admin.call('DELETE', self), 409, 'last_owner');
    expect((await owner.call('PUT', self, { role: 'owner' })).statusCode).toBe(200);
  });

  test('two owners who remove each other at once leave one', async () => {
    const id = await server.piece(owner);
    const url = (person: Person) => `/api/pieces/${id}/members/${person.id}`;
    await owner.call('PUT', url(stranger), { role: 'owner' });
    const answers = await Promise.all([
      owner.call('DELETE', url(stranger)),
      stranger.call('DELETE', url(owner)),
    ]);
    expect(answers.filter((answer) => answer.statusCode === 204)).toHaveLength(1);
    const owners = await server.sql`
      select 1 from members where piece_id = ${id} and role = 'owner'`;
    expect(owners).toHaveLength(1);
  });

  test('P1: open connections are told once it is committed, with the role that counts', async () => {
    const id = await server.piece(owner);
    const told = vi.spyOn(server.rooms, 'roleChanged');
    const url = `/api/pieces/${id}/members`;
    await owner.call('PUT', `${url}/${stranger.id}`, { role: 'reviewer' });
    expect(told).toHaveBeenLastCalledWith(id, stranger.id, 'reviewer');
    await owner.call('DELETE', `${url}/${stranger.id}`);
    expect(told).toHaveBeenLastCalledWith(id, stranger.id, null);
    // An admin keeps the rights of an owner, whatever they are as a member.
    await owner.call('PUT', `${url}/${server.admin.id}`, { role: 'reader' });
    expect(told).toHaveBeenLastCalledWith(id, server.admin.id, 'owner');
    await owner.call('DELETE', `${url}/${server.admin.id}`);
    expect(told).toHaveBeenLastCalledWith(id, server.admin.id, 'owner');
    told.mockRestore();
  });

  test('anybody may leave', async () => {
    const id = await server.piece(owner);
    const url = `/api/pieces/${id}/members/${stranger.id}`;
    await owner.call('PUT', url, { role: 'reader' });
    expect((await stranger.call('DELETE', url)).statusCode).toBe(204);
    expectProblem(await stranger.call('DELETE', url), 404, 'no_such_piece');
  });

  test('wrong input', async () => {
    const url = `/api/pieces/${piece}/members`;
    const put = (user: string, body: unknown) => owner.call('PUT', `${url}/${user}`, body);
    expectProblem(await put(nobody, { role: 'reader' }), 404, 'no_such_user');
    expectProblem(await put(stranger.id, { role: 'admin' }), 400, 'validation');
    expectProblem(await put(stranger.id, {}), 400, 'validation');
    expectProblem(await put('me', { role: 'reader' }), 400, 'validation');
    expectProblem(await owner.call('DELETE', `${url}/${nobody}`), 404, 'not_a_member');
  });

  test('members are listed page by page, in the order in which they came', async () => {
    const first = await owner.call('GET', `/api/pieces/${piece}/members?limit=3`);
    const { items, nextCursor } = first.json<{ items: { userId: string }[]; nextCursor: string }>();
    const rest = await owner.call('GET', `/api/pieces/${piece}/members?cursor=${nextCursor}`);
    const all = [...items, ...rest.json<{ items: { userId: string }[] }>().items];
    expect(all[0]!.userId).toBe(owner.id);
    expect(new Set(all.map((member) => member.userId)).size).toBe(5);
  });
});

test('an owner finds whom to add by how a name begins or by the whole email, who is not on the piece', async () => {
  const id = await server.piece(owner);
  const find = async (q: string) => {
    const answer = await owner.call('GET', `/api/pieces/${id}/candidates?q=${q}`);
    return answer.json<{ items: { name: string }[] }>().items.map(({ name }) => name);
  };
  expect(await find('STRANG')).toEqual(['Stranger']);
  expect(await find('WRIT')).toEqual(['The writer']);
  expect(await find('The.Writer%40example.org')).toEqual(['The writer']);
  // Parts of an address, and of a word, find nobody.
  for (const part of ['the.writer%40exam', '.writer', 'example.org', '%40example', 'riter']) {
    expect(await find(part)).toEqual([]);
  }
  expect(await find('owner')).toEqual(['The owner']);
  expect(await find('%25%25')).toEqual([]);
  const short = await owner.call('GET', `/api/pieces/${id}/candidates?q=s`);
  expectProblem(short, 400, 'validation');
});

describe('joining', () => {
  test('the role on a piece, or why there is none', async () => {
    const role = (person: Person, global: 'member' | 'admin', id = piece) =>
      roleOn(server.sql, { id: person.id, role: global }, id);
    expect(await role(others.reviewer, 'member')).toBe('reviewer');
    expect(await role(stranger, 'member')).toBe('no_right');
    expect(await role(stranger, 'admin')).toBe('owner');
    const once = await server.person('Once');
    const url = `/api/pieces/${piece}/members/${once.id}`;
    await owner.call('PUT', url, { role: 'writer' });
    await owner.call('PUT', url, { role: 'reader' });
    await owner.call('DELETE', url);
    expect(await role(once, 'member')).toBe('former_writer');
    expect(await role(owner, 'admin', nobody)).toBe('no_such_piece');
    expect(await role(owner, 'admin', 'nonsense')).toBe('no_such_piece');
    expect(await role(owner, 'admin', piece.toUpperCase())).toBe('no_such_piece');
  });
});
