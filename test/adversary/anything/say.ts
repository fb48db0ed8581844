/** Sends what was generated, and says what is wrong with the answer. */
import { once } from 'node:events';
import { request, type Agent, type IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { errorTable } from '../../../server/errors.ts';
import type { Call } from './calls.ts';
import type { Cast } from './cast.ts';
import type { Frame } from './frames.ts';

/** A body from which the server may cut the connection before it has read all of it. */
const cutFrom = 64 * 1024;
/** Whoever has no answer by then never gets one. */
const patienceMs = 60_000;

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly retryAfter: string | undefined;
  readonly etag: string | undefined;
  readonly body: string;
}

/** Resolves with the status; throws with the call and the answer where the answer must not be. */
export async function call(url: string, agent: Agent, cast: Cast, made: Call): Promise<number> {
  const address = cast.addressOf(made);
  const what = () =>
    `${made.method} ${made.path} as ${made.person}\n${address}\n${made.body?.slice(0, 500)}`;
  const answer = await send(url, agent, made, address, cast.headersOf(made)).catch(
    (error: NodeJS.ErrnoException) => error,
  );
  if (answer instanceof Error) {
    const mayBeCut = (made.body?.length ?? 0) >= cutFrom && answer.name !== 'TimeoutError';
    // What no client can say, such as a line break in a header, has not been said.
    if (
      mayBeCut ||
      answer.code === 'ERR_INVALID_CHAR' ||
      answer.code === 'ERR_UNESCAPED_CHARACTERS'
    )
      return 0;
    throw new Error(`no answer (${answer.message}): ${what()}`, { cause: answer });
  }
  const wrong = wrongWith(answer, made.method);
  if (wrong !== null) {
    throw new Error(`${wrong} (${answer.status}): ${what()}\n${answer.body.slice(0, 500)}`);
  }
  if (answer.status < 300)
    cast.learn(made, { ...answer, json: answer.type.startsWith('application/json') });
  return answer.status;
}

function send(
  url: string,
  agent: Agent,
  { method, body }: Call,
  path: string,
  headers: Record<string, string>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const given = body === null ? null : Buffer.from(body);
    const length = given === null ? {} : { 'content-length': String(given.length) };
    if (given === null) delete headers['content-type'];
    const sent = request(url + path, {
      ...{ method, agent, signal: AbortSignal.timeout(patienceMs) },
      headers: { ...headers, ...length },
    });
    sent.on('error', reject);
    sent.on('response', (answer) => void read(answer).then(resolve, reject));
    sent.end(given ?? undefined);
  });
}

async function read(answer: IncomingMessage): Promise<Answer> {
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  return {
    status: answer.statusCode ?? 0,
    type: answer.headers['content-type'] ?? '',
    retryAfter: answer.headers['retry-after'],
    etag: answer.headers.etag,
    body: Buffer.concat(parts).toString(),
  };
}

/** Null where an answer is one that a client may get. */
function wrongWith({ status, type, retryAfter, body }: Answer, method: string): string | null {
  if (status >= 500 && status !== 503) return 'the server is to blame';
  if (status === 503 && retryAfter === undefined) return '503 without a time to come back';
  if (status === 429 && retryAfter === undefined) return '429 without a time to come back';
  if (status < 400 || method === 'HEAD') return null;
  if (!type.startsWith('application/problem+json')) return 'an error that is no problem document';
  const problem = JSON.parse(body) as { code?: string; status?: number };
  if (problem.code === undefined || !(problem.code in errorTable)) return 'an unknown code';
  return problem.status === status ? null : 'a problem with another status';
}

/** What the contract closes with; 1005: we did. */
const closes = new Set([4400, 4401, 4403, 4404, 4409, 4413, 1012, 1013, 1005]);

/** Who sends more than this after being closed, or does not answer for so long, is cut by the server. */
const farewell = { bytes: 16 * 1024, ms: 1_000 };

/** Sends frames on a connection of their own; resolves when the server has taken or refused them. */
export async function say(
  url: string,
  { piece, query }: { readonly piece: string; readonly query: string },
  frames: readonly Frame[],
): Promise<number> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/collab/${piece}?${query}`);
  const failed: Error[] = [];
  ws.on('error', (error) => failed.push(error));
  const closed = once(ws, 'close') as Promise<[number]>;
  const opened = await Promise.race([once(ws, 'open').then(() => true), closed.then(() => false)]);
  if (!opened) throw new Error('a socket was not opened', { cause: failed[0] });
  const since = performance.now();
  for (const frame of frames) ws.send(frame);
  ws.ping();
  // A pong comes after what was sent before it.
  const taken = await Promise.race([once(ws, 'pong').then(() => true), closed.then(() => false)]);
  if (taken) ws.close();
  const [code] = await closed;
  // A reset can overtake a close frame that this process was too slow to read, or to answer.
  const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
  const slow = performance.now() - since > farewell.ms;
  const mayBeReset = taken || slow || bytes > farewell.bytes;
  if (!closes.has(code) && !(code === 1006 && mayBeReset)) {
    throw new Error(`closed with ${code} after ${frames.map(hex).join(', ')}`, {
      cause: failed[0],
    });
  }
  return code;
}

function hex(frame: Frame): string {
  return typeof frame === 'string'
    ? JSON.stringify(frame)
    : Buffer.from(frame).toString('hex').slice(0, 200);
}
