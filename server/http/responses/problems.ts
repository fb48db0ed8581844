/**
 * How errors leave the server: RFC 9457 problem details, whoever threw them.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Socket } from 'node:net';
import { NoSuchPiece, Overloaded, OverShare, PieceFull, PieceLocked } from '../../collab/engine.ts';
import { errorTable, Problem, problemDetails, type ErrorCode } from '../../errors.ts';
import { withMember } from './written.ts';

declare module 'fastify' {
  interface FastifyReply {
    /** The code of the problem that is answered; null: none is. */
    problem: ErrorCode | null;
  }
}

/** Seconds after which a client that met a passing trouble may try again. */
const retryAfter = 2;

/** What Fastify and Node call the errors that a client causes, and what we tell about them. */
const frameworkErrors: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: ['malformed_json', 'The body cannot be read as JSON.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['malformed_json', 'The body is empty.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['bad_request', 'Content-Length does not fit the body.'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['too_large', 'The body is larger than this server accepts.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'Send application/json.'],
  FST_ERR_CTP_INVALID_TYPE: ['unsupported_media_type', 'Send application/json.'],
  FST_ERR_BAD_URL: ['bad_request', 'The path has an escape that cannot be decoded.'],
  FST_ERR_MAX_PARAM_LENGTH: ['uri_too_long', 'A part of the path is too long.'],
  ECONNRESET: ['bad_request', 'The connection was reset.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['timeout', 'The request did not arrive in time.'],
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'The headers are larger than this server accepts.'],
};

/** Errors of the driver, the network and Postgres that mean: not now. */
const databaseAway = new Set([
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'CONNECTION_LOST',
  'JOURNAL_TIMEOUT',
  '08000', // the 08s: the connection
  '08001',
  '08003',
  '08004',
  '08006',
  '25006', // read only, as after a failover
  '25P03', // it was idle within a transaction
  '40001', // another transaction was quicker
  '40P01', // a deadlock
  '53100', // disk full
  '53200', // out of memory
  '53300', // too many connections
  '55P03', // it waited for a lock in vain
  '57014', // it took too long
  '57P01', // admin shutdown
  '57P02', // crash shutdown
  '57P03', // cannot connect now
  '58030', // input or output failed
]);

/** The problem that an error is to its client; what is not known here is a hidden 500. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof NoSuchPiece) {
    return new Problem('no_such_piece', 'There is no such piece, or it is not yours to see.');
  }
  if (error instanceof PieceLocked) return lockedProblem();
  if (error instanceof PieceFull) {
    return new Problem('piece_full', 'The piece is as large as it may be. Delete something first.');
  }
  if (error instanceof OverShare) return overShareProblem(error);
  if (error instanceof Overloaded) {
    return new Problem('overloaded', 'Too much is to be done. Try again shortly.', {
      cause: error,
    });
  }
  if (hasZodFastifySchemaValidationErrors(error)) return validationProblem(error);
  const code = codeOf(error);
  const known = frameworkErrors[code];
  if (isFrameworkError(code) && known !== undefined) {
    return new Problem(known[0], known[1], { cause: error });
  }
  if (databaseAway.has(code)) {
    return new Problem('database_unavailable', 'The database cannot be reached just now.', {
      cause: error,
    });
  }
  return new Problem('internal', 'Something went wrong on the server. It has been logged.', {
    cause: error,
  });
}

function overShareProblem({ message, cause }: OverShare): Problem {
  if (cause instanceof Problem) return cause;
  return new Problem('too_much_open', `${message}.`, { cause, retryAfter });
}

/** Nobody changes the text of a locked piece. */
export function lockedProblem(): Problem {
  return new Problem('piece_locked', 'The piece is locked. An owner has to unlock it first.');
}

/** Fastify's error handler. Only what the server is to blame for is logged as an error. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(error);
  reply.problem = problem.code;
  const { status } = errorTable[problem.code];
  if (status >= 500) {
    const blamed = problem.cause ?? problem;
    request.log[problem.code === 'internal' ? 'error' : 'warn']({ err: blamed }, problem.code);
  }
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="Counterpoint"');
  const wait = problem.retryAfter ?? (status === 503 ? retryAfter : null);
  if (wait !== null) reply.header('retry-after', String(wait));
  const details = problemDetails(problem, request.id);
  // As a string, so that no response schema of a route can refuse it.
  void reply
    .code(status)
    .removeHeader('content-disposition')
    .type('application/problem+json')
    .send(
      problem.refused === undefined
        ? JSON.stringify(details)
        : withMember(details, 'refused', problem.refused),
    );
}

/** Answers what Node could not even read as a request. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (socket.destroyed || !socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [code, detail] = frameworkErrors[error.code ?? ''] ?? [
    'bad_request',
    'The bytes received are not an HTTP request.',
  ];
  const details = problemDetails(new Problem(code, detail));
  const body = JSON.stringify(details);
  const head = [
    `HTTP/1.1 ${details.status} ${details.title}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Every field that is wrong, named from where it stands: `body.title`, `querystring.limit`. */
function validationProblem(error: {
  readonly validation: readonly { readonly instancePath: string; readonly message?: string }[];
  readonly validationContext?: string | undefined;
}): Problem {
  const place = error.validationContext ?? 'request';
  const errors = error.validation.map((issue) => ({
    path: [place, ...issue.instancePath.split('/').filter((part) => part !== '')].join('.'),
    message: issue.message ?? 'is not valid',
  }));
  const fields = errors.map(({ path }) => path).join(', ');
  return new Problem('validation', `Not valid: ${fields}.`, { errors });
}

function isFrameworkError(code: string): boolean {
  return code.startsWith('FST_') || code.startsWith('HPE_') || code.startsWith('ERR_HTTP_');
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
