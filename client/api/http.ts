/** Calls of the server's HTTP API, with its problems (RFC 9457) as errors. */
import { offline } from '../device/offline.ts';

export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/**
 * What the server said instead of an answer. `code` is stable; `network` where nothing answered,
 * `unreadable` where what answered was not our server.
 */
export class ApiProblem extends Error {
  readonly code: string;
  /** The HTTP status; 0 where nothing answered. */
  readonly status: number;
  readonly fields: readonly FieldError[];
  /** Seconds to wait before trying again, where the server said so. */
  readonly retryAfter: number | null;
  /** The passage of a thread as it now reads; null where the problem is not about one. */
  readonly passage: string | null;

  constructor(said: {
    code: string;
    status: number;
    detail: string;
    fields?: readonly FieldError[];
    retryAfter?: number | null;
    passage?: string | null;
    cause?: unknown;
  }) {
    super(said.detail, { cause: said.cause });
    this.name = 'ApiProblem';
    this.code = said.code;
    this.status = said.status;
    this.fields = said.fields ?? [];
    this.retryAfter = said.retryAfter ?? null;
    this.passage = said.passage ?? null;
  }
}

/** Whether the server has said that there is no such thing for this person. */
export function isNotThere(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 403 || error.status === 404);
}

export interface CallOptions {
  /** Sent as JSON. */
  body?: unknown;
  /** Left out where undefined. */
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  signal?: AbortSignal;
  headers?: Readonly<Record<string, string>>;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Calls `/api<path>`; `undefined` for an answer without a body. @throws ApiProblem */
export async function call<T>(method: Method, path: string, options: CallOptions = {}): Promise<T> {
  const response = await send(method, path, options);
  if (response.status === 204) return undefined as T;
  const said = await readJson(response);
  if (!response.ok) throw problemOf(response, said);
  return said as T;
}

/** Calls `/api<path>` for text, such as an export. @throws ApiProblem */
export async function callText(path: string, options: CallOptions = {}): Promise<string> {
  const response = await send('GET', path, options);
  if (!response.ok) throw problemOf(response, await readJson(response));
  return response.text();
}

async function send(method: Method, path: string, options: CallOptions): Promise<Response> {
  const { body, query, signal } = options;
  try {
    const response = await fetch(`/api${path}${queryString(query)}`, {
      method,
      ...(signal && { signal }),
      headers: {
        ...options.headers,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    // What stands before a server answers in its stead, and with something else.
    if (response.status < 500) offline.serverAnswered();
    return response;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    offline.serverSilent();
    throw new ApiProblem({ code: 'network', status: 0, detail: '', cause });
  }
}

function queryString(query: CallOptions['query'] = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    const { status } = response;
    throw new ApiProblem({ code: 'unreadable', status, detail: '', cause });
  }
}

function problemOf(response: Response, said: unknown): ApiProblem {
  const { status } = response;
  const problem = (said ?? {}) as {
    code?: string;
    title?: string;
    detail?: string;
    errors?: FieldError[];
    passage?: string;
  };
  const wait = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new ApiProblem({
    code: problem.code ?? 'unreadable',
    status,
    detail: problem.detail ?? problem.title ?? '',
    fields: problem.errors ?? [],
    retryAfter: Number.isFinite(wait) ? wait : null,
    passage: problem.passage ?? null,
  });
}
