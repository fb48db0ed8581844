/** One person's requests, at full speed: as many at once as are worth it, each followed by the next. */
import { setMaxListeners } from 'node:events';
import { Agent, request } from 'node:http';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** How often each status was answered; 0: cut without an answer. */
export type Answers = ReadonlyMap<number, number>;

/** Asks `next()` again and again with `atOnce` in flight, until `signal` is aborted. */
export async function flood(
  url: string,
  next: () => Asked,
  signal: AbortSignal,
  atOnce = 16,
): Promise<Answers> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const answers = new Map<number, number>();
  setMaxListeners(0, signal);
  const one = async () => {
    while (!signal.aborted) {
      const status = await ask(url, next(), { agent, signal });
      answers.set(status, (answers.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  agent.destroy();
  return answers;
}

/** Gives the status; 0 where the connection was cut. The answer's body is read and thrown away. */
export function ask(
  url: string,
  { method, path, token, headers, body }: Asked,
  { agent, signal }: { readonly agent?: Agent; readonly signal?: AbortSignal } = {},
): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(url + path, {
      method,
      ...(agent && { agent }),
      ...(signal && { signal }),
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(body)),
        }),
        ...headers,
      },
    });
    sent.on('response', (answer) => {
      answer.resume();
      answer.once('close', () => resolve(answer.statusCode ?? 0));
    });
    sent.on('error', () => resolve(0));
    sent.end(body);
  });
}
