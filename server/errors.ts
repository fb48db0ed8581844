/**
 * Every error that a client can meet, in one table: its stable code, the HTTP status, the WebSocket
 * close code where it has one, and a title. A code, once released, keeps its meaning.
 *
 * Close codes 4400–4499 tell a client not to come back, 1012 and 1013 to come back later.
 */
import { closeCode } from './collab/close-codes.ts';

interface Kind {
  readonly status: number;
  readonly close?: number;
  readonly title: string;
}

export const errorTable = {
  validation: { status: 400, title: 'The request is not valid' },
  malformed_json: { status: 400, title: 'The body is not JSON' },
  bad_request: { status: 400, title: 'The request is not valid HTTP' },
  bad_frame: { status: 400, close: closeCode.badFrame, title: 'The frame cannot be read' },
  not_signed_in: { status: 401, close: closeCode.notSignedIn, title: 'Not signed in' },
  token_expired: { status: 401, close: closeCode.notSignedIn, title: 'The token has expired' },
  wrong_credentials: { status: 401, title: 'Wrong email or password' },
  invite_invalid: { status: 401, title: 'The invite link cannot be used' },
  forbidden: { status: 403, close: closeCode.noRight, title: 'Not allowed' },
  read_only_token: { status: 403, title: 'The token is read-only' },
  not_by_token: { status: 403, title: 'Not with this token' },
  sign_in_again: { status: 403, title: 'Sign in again first' },
  foreign_origin: { status: 403, title: 'Asked for by a page from elsewhere' },
  not_found: { status: 404, title: 'Nothing here' },
  no_such_piece: { status: 404, close: closeCode.noSuchPiece, title: 'No such piece' },
  no_such_user: { status: 404, title: 'No such user' },
  no_such_token: { status: 404, title: 'No such token' },
  no_such_refused_edit: { status: 404, title: 'No such refused edit' },
  no_such_thread: { status: 404, title: 'No such thread' },
  no_such_version: { status: 404, title: 'No such version' },
  no_such_comment: { status: 404, title: 'No such comment' },
  not_a_member: { status: 404, title: 'Not a member of the piece' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  timeout: { status: 408, title: 'The request took too long to arrive' },
  email_taken: { status: 409, title: 'The email address is taken' },
  last_admin: { status: 409, title: 'An admin who can sign in stays' },
  user_disabled: { status: 409, title: 'The person is disabled' },
  last_owner: { status: 409, title: 'A piece keeps an owner' },
  refused_changed: { status: 409, title: 'The edit would do something else by now' },
  refused_incomplete: { status: 409, title: 'The edit builds on words that are not there' },
  piece_full: { status: 409, title: 'The piece is as large as it may be' },
  thread_full: { status: 409, title: 'The thread is as long as it may be' },
  discussion_full: { status: 409, title: 'As much has been said as may be' },
  already_decided: { status: 409, title: 'The thread has been decided already' },
  passage_changed: { status: 409, title: 'The passage has changed' },
  wrong_kind: { status: 409, title: 'Not for threads of this kind' },
  restore_under_way: { status: 409, title: 'Another restore is under way' },
  schema_mismatch: {
    status: 409,
    close: closeCode.schema,
    title: 'The document schema is too old or too new',
  },
  precondition_failed: { status: 412, title: 'The piece has changed' },
  too_large: { status: 413, close: closeCode.tooLarge, title: 'Too large' },
  uri_too_long: { status: 414, title: 'The address is too long' },
  unsupported_media_type: { status: 415, title: 'The media type is not supported' },
  refused_unusable: { status: 422, title: 'The edit cannot be applied' },
  anchor_unreadable: { status: 422, title: 'The positions are none' },
  anchor_not_found: { status: 422, title: 'The passage is not in the piece' },
  anchor_ambiguous: { status: 422, title: 'The passage is in the piece more than once' },
  anchor_empty: { status: 422, title: 'The passage has no text' },
  anchor_too_long: { status: 422, title: 'The passage is too long' },
  before_beginning: { status: 422, title: 'Before the piece was begun' },
  in_the_future: { status: 422, title: 'In the future' },
  no_such_section: { status: 422, title: 'No section begins there' },
  changes_nothing: { status: 422, title: 'The suggestion changes nothing' },
  import_too_complex: { status: 422, title: 'The text takes too long to read' },
  export_too_complex: { status: 422, title: 'The piece takes too long to write out' },
  piece_locked: { status: 423, title: 'The piece is locked' },
  precondition_required: { status: 428, title: 'If-Match is missing' },
  too_many_searches: { status: 429, title: 'Too many searches' },
  too_many_tries: { status: 429, title: 'Too many tries' },
  too_many_tasks: { status: 429, title: 'Too many requests of yours are waiting' },
  too_much_open: {
    status: 429,
    close: closeCode.overloaded,
    title: 'You have too much open',
  },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'Something went wrong' },
  restarting: { status: 503, close: closeCode.restarting, title: 'Restarting' },
  overloaded: { status: 503, close: closeCode.overloaded, title: 'Overloaded' },
  not_ready: { status: 503, title: 'Not ready' },
  database_unavailable: {
    status: 503,
    close: closeCode.overloaded,
    title: 'The database cannot be reached',
  },
} as const satisfies Record<string, Kind>;

export type ErrorCode = keyof typeof errorTable;

/** What is wrong with one field. `path` names it as in `body.title`. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** An error that its client is told about; any other error is a 500 whose message stays hidden. */
export class Problem extends Error {
  readonly code: ErrorCode;
  /** A sentence about this occurrence, safe to show. */
  readonly detail: string;
  readonly errors: readonly FieldError[] | null;
  /** Seconds after which another try may go better; null where that is not known. */
  readonly retryAfter: number | null;
  /** The passage of a thread as it now reads; undefined where the problem is not about one. */
  readonly passage: string | undefined;
  /** A refused edit as JSON, with what it would do now; undefined where it is not about one. */
  readonly refused: Uint8Array | undefined;

  constructor(
    code: ErrorCode,
    detail: string,
    options: ErrorOptions & {
      readonly errors?: readonly FieldError[];
      readonly retryAfter?: number;
      readonly passage?: string;
      readonly refused?: Uint8Array;
    } = {},
  ) {
    super(detail, options);
    this.name = 'Problem';
    this.code = code;
    this.detail = detail;
    this.errors = options.errors ?? null;
    this.retryAfter = options.retryAfter ?? null;
    this.passage = options.passage;
    this.refused = options.refused;
  }
}

/** The body of `application/problem+json`, RFC 9457. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly instance?: string;
  readonly errors?: readonly FieldError[];
  readonly passage?: string;
}

/**
 * The details to send. `type` is a URN, since a URL would promise a page that nobody keeps.
 * `instance` names the occurrence: the id of the request, which the log has too.
 */
export function problemDetails(problem: Problem, requestId?: string): ProblemDetails {
  const { status, title } = errorTable[problem.code];
  return {
    type: `urn:counterpoint:problem:${problem.code}`,
    title,
    status,
    code: problem.code,
    detail: problem.detail,
    ...(requestId === undefined ? {} : { instance: `urn:counterpoint:request:${requestId}` }),
    ...(problem.errors === null ? {} : { errors: problem.errors }),
    ...(problem.passage === undefined ? {} : { passage: problem.passage }),
  };
}
