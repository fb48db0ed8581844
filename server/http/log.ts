import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';

/** The part of a request that the log keeps. */
interface LoggedRequest {
  readonly method?: string;
  readonly url?: string;
  readonly remoteAddress?: string;
  readonly ip?: string;
}

/** Fields that hold a secret wherever they stand; nothing should log them in the first place. */
const secretFields = ['*.token', '*.password', '*.invite', '*.secret', '*.cookie'];

/**
 * The server's log: JSON lines. Secrets stay out of it (P3): of a request only method, address and
 * path are kept, with secrets in the query blotted out, and never a header or a body.
 */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    serializers: { req: serializeRequest, err: stdSerializers.err },
    redact: ['headers.authorization', 'headers.cookie', '*.headers.authorization', ...secretFields],
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

/** What in a query signs somebody in: our token, and the code and state of OpenID Connect. */
const secretNames = new Set(['token', 'code', 'state']);

/** The address with the value of every secret in its query replaced. */
export function withoutToken(url: string): string {
  const query = url.indexOf('?');
  if (query === -1) return url;
  const parts = url
    .slice(query + 1)
    .split(/[&?;]/)
    .map((part) => {
      const name = secretName(part);
      return name === null ? part : `${name}=[redacted]`;
    });
  return `${url.slice(0, query)}?${parts.join('&')}`;
}

/** The name may be written with escapes (`%74oken`), which readers of the query would undo. */
function secretName(part: string): string | null {
  const written = part.split('=', 1)[0] ?? '';
  try {
    const name = decodeURIComponent(written).toLowerCase();
    return secretNames.has(name) ? name : null;
  } catch {
    return 'token'; // A name that cannot be decoded could be anything.
  }
}
