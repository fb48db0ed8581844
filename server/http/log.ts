import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';

/** The part of a request that the log keeps. */
interface LoggedRequest {
  readonly method?: string;
  readonly url?: string;
  readonly remoteAddress?: string;
  readonly ip?: string;
}

/**
 * The server's log: JSON lines. Secrets stay out of it (P3): of a request only method, address and
 * path are kept, with a `token` in the query blotted out, and never a header or a body.
 */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    serializers: { req: serializeRequest, err: stdSerializers.err },
    redact: ['headers.authorization', 'headers.cookie', '*.headers.authorization', '*.token'],
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

function serializeRequest(request: LoggedRequest): object {
  return {
    method: request.method,
    url: withoutToken(request.url ?? ''),
    remoteAddress: request.ip ?? request.remoteAddress,
  };
}

/** The address with the value of every `token` in its query replaced. */
export function withoutToken(url: string): string {
  const query = url.indexOf('?');
  if (query === -1) return url;
  const parts = url
    .slice(query + 1)
    .split('&')
    .map((part) => (isToken(part) ? 'token=[redacted]' : part));
  return `${url.slice(0, query)}?${parts.join('&')}`;
}

/** The name may be written with escapes (`%74oken`), which readers of the query would undo. */
function isToken(part: string): boolean {
  const name = part.split('=', 1)[0] ?? '';
  try {
    return decodeURIComponent(name).toLowerCase() === 'token';
  } catch {
    return true; // A name that cannot be decoded could be anything.
  }
}
