import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attachment } from '../../../server/export/filename.ts';
import { expectProblem, startTestServer, type TestServer } from './support.ts';

const content = `---
title: 'Rents “now”'
standfirst: They rise.
---

## Why

:::thesis{#t1}
Rents rise.
:::

:::counterpoint{#c1 answers=t1}
They do not.
:::
`;

let server: TestServer;
let id: string;

beforeAll(async () => {
  server = await startTestServer();
  id = await server.piece(server.admin, { content });
});
afterAll(() => server.close());

const get = (query: string) => server.admin.call('GET', `/api/pieces/${id}/export${query}`);

describe('export', () => {
  test('is publishable Markdown, as a file with a safe name', async () => {
    const answer = await get('');
    expect(answer.headers['content-type']).toBe('text/markdown; charset=utf-8');
    expect(answer.headers['content-disposition']).toBe('attachment; filename="rents-now.md"');
    expect(answer.body).toBe(
      '# Rents “now”\n\n*They rise.*\n\n## Why\n\nRents rise.\n\nThey do not.\n',
    );
  });

  test('front matter where asked for', async () => {
    const { body } = await get('?frontMatter=true');
    expect(body).toMatch(/^---\ntitle: /);
    expect(body).not.toContain('# Rents');
  });

  test('what the working profile gives comes back in as the same', async () => {
    const { body } = await get('?profile=working');
    const again = await server.piece(server.admin, { content: body });
    const second = await server.admin.call('GET', `/api/pieces/${again}/export?profile=working`);
    expect(second.body).toBe(body);
    const json = (piece: string) =>
      server.admin.call('GET', `/api/pieces/${piece}/export?format=json`);
    expect((await json(again)).json()).toEqual((await json(id)).json());
  });

  test('a page with one article, for a CMS', async () => {
    const answer = await get('?format=html');
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['content-disposition']).toContain(
      'attachment; filename="rents-now.html"',
    );
    expect(answer.body).toContain('<h2>Why</h2>\n<p>Rents rise.</p>\n<p>They do not.</p>');
    expect((await get('?format=html&profile=working')).body).toContain('data-thesis="t1"');
  });

  test('the document as JSON', async () => {
    const answer = await get('?format=json');
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.headers['content-disposition']).toContain('rents-now.json');
    expect(answer.json()).toMatchObject({ title: 'Rents “now”', footnotes: {} });
  });

  test.each(['format=docx', 'format=pdf', 'profile=secret', 'frontMatter=perhaps'])(
    '?%s is 400, and says what there is',
    async (query) => {
      const answer = await get(`?${query}`);
      expect(expectProblem(answer, 400, 'validation')).toEqual([
        `querystring.${query.split('=')[0]}`,
      ]);
      if (query.startsWith('format')) expect(answer.body).toMatch(/markdown.*json/);
    },
  );
});

test('the outline names sections, theses with their counterpoints, and what is missing', async () => {
  const answer = await server.admin.call('GET', `/api/pieces/${id}/outline`);
  expect(answer.json()).toMatchObject({
    words: 6,
    sections: [
      {
        heading: 'Why',
        level: 2,
        theses: [{ id: 't1', text: 'Rents rise.', counterpoints: [{ id: 'c1', answers: 't1' }] }],
      },
    ],
    missing: [],
  });
});

describe('the name of a file', () => {
  test.each([
    ['', 'attachment; filename="piece.md"'],
    ['../../etc/passwd', 'attachment; filename="etc-passwd.md"'],
    ['"; x\r\nSet-Cookie: a=b', 'attachment; filename="x-set-cookie-a-b.md"'],
    ['Café', `attachment; filename="cafe.md"; filename*=UTF-8''caf%C3%A9.md`],
    ['日本', `attachment; filename="piece.md"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.md`],
    ['😀', 'attachment; filename="piece.md"'],
    ['\ud800', 'attachment; filename="piece.md"'],
  ])('of %j', (title, header) => {
    expect(attachment(title, 'md')).toBe(header);
  });

  test('is short', () => {
    expect(attachment('é'.repeat(500), 'md').length).toBeLessThan(500);
  });
});
