import type { Browser } from 'playwright-core';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { connectSaved, createPiece, type SavedClient } from '../support/clients.ts';
import { servePage, type PageServer } from '../support/page-server.ts';
import { addMember, createPerson, type TestPerson } from '../support/people.ts';
import { createDatabase } from '../support/postgres.ts';
import { adminToken, startServerProcess, type ServerProcess } from '../support/server-process.ts';
import { QuillUser, type QuillOptions } from './quill-driver.ts';

/** A piece that Nora has open in a Node client, and Quentin in Quill. */
export interface Scene {
  readonly piece: string;
  readonly quill: QuillUser;
  readonly node: SavedClient;
  readonly quentin: TestPerson;
  readonly nora: TestPerson;
  /** The piece as Markdown, without its front matter. */
  readonly exported: (profile?: 'working' | 'publish') => Promise<string>;
  /** How many journal rows of the piece are somebody's. */
  readonly rowsOf: (person: TestPerson) => Promise<number>;
}

type SetUp = (
  content: string,
  options?: Partial<Pick<QuillOptions, 'formats' | 'bind'>>,
) => Promise<Scene>;

interface Parts {
  readonly pages: PageServer;
  readonly server: ServerProcess;
  readonly browser: Browser;
  readonly sql: postgres.Sql;
  readonly quentin: TestPerson;
  readonly nora: TestPerson;
}

/**
 * Starts what the tests of a file share: a server as a process of its own, a browser, and a foreign
 * site whose page is Quill. Gives what opens a piece of `content` (Markdown) there; the words must
 * hold "bakery".
 */
export function useQuill(): SetUp {
  const closers: (() => Promise<unknown>)[] = [];
  let parts: Parts | undefined;
  beforeAll(async () => {
    parts = await start((close) => closers.push(close));
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });
  return (content, options) => {
    if (parts === undefined) throw new Error('A scene is set up within a test');
    return setUp(parts, content, options);
  };
}

async function start(atEnd: (close: () => Promise<unknown>) => void): Promise<Parts> {
  const pages = await servePage({
    script: 'test/browser/quill-page.ts',
    style: 'node_modules/quill/dist/quill.snow.css',
  });
  atEnd(() => pages.close());
  const database = await createDatabase();
  atEnd(() => database.drop());
  const sql = postgres(database.url, { max: 1 });
  atEnd(() => sql.end());
  const server = await startServerProcess({
    DATABASE_URL: database.url,
    ALLOWED_ORIGINS: pages.origin,
    LOG_LEVEL: 'warn',
  });
  atEnd(() => server.terminate());
  const browser = await launchBrowser();
  atEnd(() => browser.close());
  const quentin = await createPerson(server, 'Quentin Quill');
  const nora = await createPerson(server, 'Nora Node');
  return { pages, server, browser, sql, quentin, nora };
}

async function setUp(
  { pages, server, browser, sql, quentin, nora }: Parts,
  content: string,
  { formats = 'stock', bind = 'at once' }: Parameters<SetUp>[1] = {},
): Promise<Scene> {
  const piece = await createPiece(server, { title: 'Streets', content, format: 'markdown' });
  for (const person of [quentin, nora]) await addMember(server, piece, person, 'writer');
  const node = connectSaved(server, piece, { token: nora.token });
  onTestFinished(() => node.destroy());
  await node.synced();
  const { origin } = pages;
  const { token } = quentin;
  const quill = await QuillUser.open(browser, { origin, server, piece, token, formats, bind });
  onTestFinished(() => quill.close());
  await quill.shows('bakery');
  return {
    ...{ piece, quill, node, quentin, nora },
    async exported(profile = 'working') {
      const response = await fetch(
        `${server.url}/api/pieces/${piece}/export?format=markdown&profile=${profile}`,
        { headers: { authorization: `Bearer ${adminToken}` } },
      );
      expect(response.status).toBe(200);
      return (await response.text()).replace(/^---\n.*?\n---\n+/s, '');
    },
    async rowsOf(person) {
      const [row] = await sql<{ count: number }[]>`
        select count(*)::int from journal where piece_id = ${piece} and author = ${person.id}`;
      return row!.count;
    },
  };
}
