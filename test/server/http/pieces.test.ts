import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectProblem, startTestServer, type Person, type TestServer } from './support.ts';

let server: TestServer;
let ada: Person;
let bo: Person;

beforeAll(async () => {
  server = await startTestServer({ MAX_BODY_BYTES: String(8 * 1024 * 1024) });
  ada = await server.person('Ada');
  bo = await server.person('Bo');
});
afterAll(() => server.close());

const nobody = '11111111-1111-1111-1111-111111111111';

interface PieceBody {
  id: string;
  title: string;
  standfirst: string;
  words: number;
  status: string;
  role: string;
  updatedAt: string;
  warnings: { line: number; message: string }[];
}

async function create(person: Person, body: object): Promise<PieceBody> {
  const answer = await person.call('POST', '/api/pieces', body);
  expect(answer.statusCode).toBe(201);
  return answer.json<PieceBody>();
}

describe('creating', () => {
  test('a blank piece is its creator’s, and where Location says', async () => {
    const answer = await ada.call('POST', '/api/pieces', {});
    expect(answer.statusCode).toBe(201);
    const piece = answer.json<PieceBody>();
    expect(answer.headers.location).toBe(`/api/pieces/${piece.id}`);
    expect(piece).toMatchObject({
      ...{ title: '', standfirst: '', words: 0, status: 'draft', role: 'owner' },
      ...{ createdBy: ada.id, deletedAt: null, warnings: [] },
    });
    expect(piece.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7/);
  });

  test('Markdown is the default, and explicit words win over its own', async () => {
    const content = '# Rent\n\nOne *two* three.\n';
    expect(await create(ada, { content })).toMatchObject({ title: 'Rent', words: 3 });
    const renamed = await create(ada, { content, title: ' Wages ', standfirst: 'Up' });
    expect(renamed).toMatchObject({ title: 'Wages', standfirst: 'Up', words: 3 });
  });

  test('plain text comes out as it went in', async () => {
    const content = 'One “quoted” line — *not* markup.\n\nAnother.';
    const { id } = await create(ada, { content, format: 'text' });
    const model = (await ada.call('GET', `/api/pieces/${id}/export?format=json`)).json<{
      body: { insert: string }[];
    }>();
    expect(model.body.map((op) => op.insert).join('')).toContain(
      'One “quoted” line — *not* markup.',
    );
  });

  test('what cannot be held is kept and reported', async () => {
    const piece = await create(ada, { content: 'Text\n\n| a | b |\n| - | - |\n| 1 | 2 |\n' });
    expect(piece.warnings).toEqual([
      { line: 3, what: expect.any(String) as string, message: expect.any(String) as string },
    ]);
  });

  test.each([
    [{ title: 7 }, ['body.title']],
    [{ title: 'two\nlines' }, ['body.title']],
    [{ title: 'x'.repeat(501), standfirst: null }, ['body.title', 'body.standfirst']],
    [{ content: ['a'] }, ['body.content']],
    [{ format: 'docx' }, ['body.format']],
    [{ body: 'text' }, ['body']],
  ])('wrong input %j', async (body, paths) => {
    expect(expectProblem(await ada.call('POST', '/api/pieces', body), 400, 'validation')).toEqual(
      paths,
    );
  });

  test('content over the limit is 413, by the characters’ bytes', async () => {
    const content = 'é'.repeat(1024 * 1024 + 1);
    expectProblem(await ada.call('POST', '/api/pieces', { content }), 413, 'too_large');
  });
});

describe('reading', () => {
  test('a piece of another is told from none at all by nothing', async () => {
    const id = await server.piece(ada, { title: 'Secret' });
    const hidden = await bo.call('GET', `/api/pieces/${id}`);
    const none = await bo.call('GET', `/api/pieces/${nobody}`);
    expectProblem(hidden, 404, 'no_such_piece');
    const told = (answer: typeof hidden) => ({
      ...answer.json<Record<string, unknown>>(),
      instance: 'the id of the request',
    });
    expect(told(hidden)).toEqual(told(none));
  });

  test('an admin has the rights of an owner on it', async () => {
    const id = await server.piece(ada);
    const answer = await server.admin.call('GET', `/api/pieces/${id}`);
    expect(answer.json()).toMatchObject({ id, role: 'owner', present: [] });
  });

  test('an id in upper case is the same piece, and nonsense is 400', async () => {
    const id = await server.piece(ada);
    const answer = await ada.call('GET', `/api/pieces/${id.toUpperCase()}`);
    expect(answer.json()).toMatchObject({ id });
    expectProblem(await ada.call('GET', '/api/pieces/nonsense'), 400, 'validation');
  });
});

describe('listing', () => {
  test('lists one’s own, the last changed first, and each once over all pages', async () => {
    const cy = await server.person('Cy');
    const ids: string[] = [];
    for (let i = 0; i < 7; i += 1) ids.push(await server.piece(cy, { title: `P${i}` }));
    // Several changed in the same microsecond, so that the id decides.
    await server.sql`update pieces set updated_at = '2026-01-01T00:00:00.000123Z' where id in ${server.sql(ids.slice(0, 5))}`;
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = (await cy.call('GET', `/api/pieces?limit=2${query}`)).json<{
        items: PieceBody[];
        nextCursor: string | null;
      }>();
      seen.push(...page.items.map((piece) => piece.title));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(['P6', 'P5', 'P4', 'P3', 'P2', 'P1', 'P0']);
  });

  test('an admin sees all', async () => {
    const id = await server.piece(bo, { title: 'Of Bo' });
    const page = (await server.admin.call('GET', '/api/pieces?q=of%20bo')).json<{
      items: PieceBody[];
    }>();
    expect(page.items).toMatchObject([{ id, role: 'owner' }]);
  });

  test('q is sought literally, in any case, in title and standfirst', async () => {
    const di = await server.person('Di');
    await server.piece(di, { title: '100% of 50_60 \\ things' });
    await server.piece(di, { title: 'Other', standfirst: 'Über alles' });
    const found = async (q: string) => {
      const answer = await di.call('GET', `/api/pieces?q=${encodeURIComponent(q)}`);
      return answer.json<{ items: PieceBody[] }>().items.map((piece) => piece.title);
    };
    expect(await found('100% OF')).toHaveLength(1);
    expect(await found('1%0')).toEqual([]);
    expect(await found('50_6')).toHaveLength(1);
    expect(await found('5__6')).toEqual([]);
    expect(await found('\\')).toHaveLength(1);
    expect(await found('über')).toEqual(['Other']);
    expect(await found('ü\0ber')).toEqual(['Other']);
    expect(await found('\0')).toHaveLength(2);
    expect(await found("'; drop table pieces; --")).toEqual([]);
  });

  test.each([
    ['cursor=nonsense', 'querystring.cursor'],
    [
      `cursor=${Buffer.from('["2026-01-01T00:00:00.000000Z"]').toString('base64url')}`,
      'querystring.cursor',
    ],
    [`cursor=${Buffer.from('["x\' or 1=1","y"]').toString('base64url')}`, 'querystring.cursor'],
    ['limit=0', 'querystring.limit'],
    ['limit=1000', 'querystring.limit'],
    ['limit=many', 'querystring.limit'],
    ['status=lost', 'querystring.status'],
    ['deleted=perhaps', 'querystring.deleted'],
  ])('?%s is 400', async (query, path) => {
    expect(expectProblem(await ada.call('GET', `/api/pieces?${query}`), 400, 'validation')).toEqual(
      [path],
    );
  });

  test('by status', async () => {
    const ed = await server.person('Ed');
    const id = await server.piece(ed);
    await server.piece(ed);
    await ed.call('PATCH', `/api/pieces/${id}`, { status: 'review' });
    const page = (await ed.call('GET', '/api/pieces?status=review')).json<{ items: PieceBody[] }>();
    expect(page.items).toMatchObject([{ id, status: 'review' }]);
  });
});

describe('changing', () => {
  test('S3: a rename is one attributed edit that keeps what stays', async () => {
    const id = await server.piece(ada, { title: 'Why rents rise 🏠 now' });
    const before = await server.rooms.read(id, (doc) => doc.getText('title').toDelta() as unknown);
    expect(before).toEqual([{ insert: 'Why rents rise 🏠 now' }]);
    const ops: unknown[] = [];
    await server.rooms.read(id, (doc) => {
      doc.getText('title').observe((event) => ops.push(...event.delta));
    });
    const answer = await ada.call('PATCH', `/api/pieces/${id}`, { title: 'Why rents rose 🏡 now' });
    expect(answer.json()).toMatchObject({ title: 'Why rents rose 🏡 now' });
    // Each word by itself, and no character in half.
    expect(ops).toEqual([
      ...[{ retain: 11 }, { delete: 1 }, { insert: 'o' }],
      ...[{ retain: 3 }, { delete: 2 }, { insert: '🏡' }],
    ]);
    const [row] = await server.sql<{ author: string }[]>`
      select author from journal where piece_id = ${id} order by seq desc limit 1`;
    expect(row!.author).toBe(ada.id);
    const page = (await ada.call('GET', '/api/pieces?limit=1')).json<{ items: PieceBody[] }>();
    expect(page.items).toMatchObject([{ id, title: 'Why rents rose 🏡 now' }]);
  });

  test('the same title again is no edit', async () => {
    const id = await server.piece(ada, { title: 'Same' });
    expect((await ada.call('PATCH', `/api/pieces/${id}`, { title: 'Same' })).statusCode).toBe(200);
    const rows = await server.sql`select 1 from journal where piece_id = ${id}`;
    expect(rows).toHaveLength(1);
  });

  test.each([
    [{}, ['body']],
    [{ status: 'lost' }, ['body.status']],
    [{ title: null }, ['body.title']],
    [{ role: 'owner', status: 'draft' }, ['body']],
  ])('wrong input %j', async (body, paths) => {
    const id = await server.piece(ada);
    expect(
      expectProblem(await ada.call('PATCH', `/api/pieces/${id}`, body), 400, 'validation'),
    ).toEqual(paths);
  });
});

describe('deleting', () => {
  test('a deleted piece is gone for everybody, and its owner can bring it back', async () => {
    const id = await server.piece(ada, { title: 'Undone' });
    const gone = await ada.call('DELETE', `/api/pieces/${id}`);
    expect([gone.statusCode, gone.body]).toEqual([204, '']);
    for (const person of [ada, server.admin]) {
      expectProblem(await person.call('GET', `/api/pieces/${id}`), 404, 'no_such_piece');
      expectProblem(await person.call('DELETE', `/api/pieces/${id}`), 404, 'no_such_piece');
      const page = await person.call('GET', '/api/pieces?q=Undone');
      expect(page.json<{ items: unknown[] }>().items).toEqual([]);
    }
    expectProblem(await ada.call('GET', `/api/pieces/${id}/export`), 404, 'no_such_piece');
    expectProblem(await bo.call('POST', `/api/pieces/${id}/undelete`), 404, 'no_such_piece');

    const trash = (await ada.call('GET', '/api/pieces?deleted=true')).json<{
      items: PieceBody[];
    }>();
    expect(trash.items).toMatchObject([{ id, deletedAt: expect.any(String) as string }]);
    const back = await ada.call('POST', `/api/pieces/${id}/undelete`);
    expect(back.json()).toMatchObject({ id, title: 'Undone', deletedAt: null });
    expect((await ada.call('GET', `/api/pieces/${id}/export`)).body).toBe('# Undone\n');
  });
});
