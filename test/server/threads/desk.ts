import * as Y from 'yjs';
import { expect } from 'vitest';
import type { Comment, Thread, ThreadPage } from '../../../shared/api/threads.ts';
import type { Person, TestServer } from '../http/support.ts';

/** A piece with people on it, and what they say about it. */
export interface ThreadDesk {
  readonly pieceId: string;
  readonly owner: Person;
  readonly writer: Person;
  readonly reviewer: Person;
  readonly reader: Person;
}

export const lede = 'Night buses are cheap, and they pay for themselves.';
export const second = 'The roads are empty then; who is disturbed by them?';
export const third = 'Taxis cost more than most people earn in an hour of work.';
export const content = [lede, second, third].join('\n\n');

let desks = 0;

export type DeskPeople = Omit<ThreadDesk, 'pieceId'>;

export async function makePeople(server: TestServer): Promise<DeskPeople> {
  const names = ['owner', 'writer', 'reviewer', 'reader'] as const;
  const tag = ++desks;
  const people = await Promise.all(
    names.map(async (name) => [name, await server.person(`${name} ${tag}`)] as const),
  );
  return Object.fromEntries(people) as Record<(typeof names)[number], Person>;
}

/** A piece with people on it: new ones where not given, who are put on it by HTTP. */
export async function makeDesk(
  server: TestServer,
  body: object = { content },
  given?: DeskPeople,
): Promise<ThreadDesk> {
  if (given !== undefined) return deskOf(server, body, given);
  const by = await makePeople(server);
  const pieceId = await server.piece(by.owner, body);
  for (const role of ['writer', 'reviewer', 'reader'] as const) {
    const url = `/api/pieces/${pieceId}/members/${by[role].id}`;
    expect((await by.owner.call('PUT', url, { role })).statusCode).toBe(200);
  }
  return { pieceId, ...by };
}

/** Not by HTTP, where one person may put so many on pieces within a time. */
async function deskOf(server: TestServer, body: object, by: DeskPeople): Promise<ThreadDesk> {
  const pieceId = await server.piece(by.owner, body);
  const rows = (['writer', 'reviewer', 'reader'] as const).map((role) => {
    return { piece_id: pieceId, user_id: by[role].id, role };
  });
  await server.sql`insert into members ${server.sql(rows)}`;
  return { pieceId, ...by };
}

/** Begins a thread and gives it. */
export async function begin(desk: ThreadDesk, by: Person, thread: object): Promise<Thread> {
  const answer = await by.call('POST', `/api/pieces/${desk.pieceId}/threads`, thread);
  expect({ status: answer.statusCode, body: answer.body }).toMatchObject({ status: 201 });
  return answer.json<Thread>();
}

export async function threadsOf(
  desk: ThreadDesk,
  by: Person = desk.reader,
  query = '',
): Promise<ThreadPage> {
  const answer = await by.call('GET', `/api/pieces/${desk.pieceId}/threads${query}`);
  expect(answer.statusCode).toBe(200);
  return answer.json<ThreadPage>();
}

export async function threadNow(by: Person, id: string): Promise<Thread> {
  const answer = await by.call('GET', `/api/threads/${id}`);
  expect(answer.statusCode).toBe(200);
  return answer.json<Thread>();
}

export async function reply(by: Person, threadId: string, body: string): Promise<Comment> {
  const answer = await by.call('POST', `/api/threads/${threadId}/comments`, { body });
  expect({ status: answer.statusCode, body: answer.body }).toMatchObject({ status: 201 });
  return answer.json<Comment>();
}

/** The text of the body as it is now. */
export function textOf(server: TestServer, desk: ThreadDesk): Promise<string> {
  return server.rooms.read(desk.pieceId, (doc) => doc.getText('body').toJSON());
}

/** Edits the body as the writer does. */
export function edit(
  server: TestServer,
  desk: ThreadDesk,
  change: (body: Y.Text) => void,
): Promise<void> {
  return server.rooms.edit(desk.pieceId, desk.writer.id, (doc) => change(doc.getText('body')));
}

/** Positions of a quote as an editor makes them. */
export function positionsOf(server: TestServer, desk: ThreadDesk, quote: string) {
  return server.rooms.read(desk.pieceId, (doc) => {
    const body = doc.getText('body');
    const at = body.toJSON().indexOf(quote);
    const encode = (index: number, assoc: number) =>
      Buffer.from(
        Y.encodeRelativePosition(Y.createRelativePositionFromTypeIndex(body, index, assoc)),
      ).toString('base64');
    return { start: encode(at, 0), end: encode(at + quote.length, -1) };
  });
}
