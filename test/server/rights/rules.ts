import type { PieceRole } from '../../../shared/roles.ts';

/** What a call is made on: a piece of its own, with a member of each role. */
export interface Fixture {
  readonly pieceId: string;
  /** Somebody who is asked about, and is not the caller. */
  readonly otherId: string;
  /** A token of that person. */
  readonly otherTokenId: string;
  /** Somebody who is asked about, and can be spared. */
  readonly leaverId: string;
  /** A refused edit of the piece. */
  readonly refusedId: string;
  /** A named version of it. */
  readonly versionId: string;
  /** A comment thread and a suggestion of the owner's. */
  readonly threadId: string;
  readonly suggestionId: string;
  /** Comments in the thread, by who wrote them. */
  readonly commentIds: Readonly<Record<string, string>>;
}

/** Who may make a call: anybody at all, who is signed in, admins, or a role on the piece and above. */
export type Who = 'anybody' | 'signed in' | 'admin' | PieceRole;

export interface RouteRule {
  readonly who: Who;
  /** `who` is the caller, where it matters what is theirs. */
  readonly url?: (fixture: Fixture, who: string) => string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the answer is for who may; 200 where not given. */
  readonly status?: number;
  /** A deleted piece is asked about. */
  readonly deleted?: boolean;
}

const onThread = (rest: string) => (f: Fixture) => `/api/threads/${f.threadId}${rest}`;
const onSuggestion = (rest: string) => (f: Fixture) => `/api/threads/${f.suggestionId}${rest}`;
/** The caller's own comment; of who has none, the owner's. */
const onComment = (f: Fixture, who: string) =>
  `/api/comments/${f.commentIds[who] ?? f.commentIds.owner}`;
const onPiece = (rest: string) => (f: Fixture) => `/api/pieces/${f.pieceId}${rest}`;

/**
 * The rule of each route, by its name in the OpenAPI document. A route that is not here fails the
 * test: nobody adds one without saying who may call it.
 */
export const rules: Record<string, RouteRule> = {
  'GET /healthz': { who: 'anybody' },
  'GET /metrics': { who: 'anybody' },
  'GET /readyz': { who: 'anybody' },
  'GET /api/session/ways': { who: 'anybody' },
  'POST /api/session': { who: 'anybody', body: { invite: 'none' }, status: 401 },
  'DELETE /api/session': { who: 'anybody', status: 204 },
  // Given to a browser's cookie; whoever comes with a token has none.
  'GET /api/session/device-keys': { who: 'anybody', status: 401 },
  'GET /api/session/oidc': { who: 'anybody', status: 404 },
  'GET /api/session/oidc/callback': { who: 'anybody', status: 404 },
  'GET /api/me': { who: 'signed in' },
  // Everybody here comes with a token, which sets no password.
  'PUT /api/me/password': { who: 'signed in', body: { password: 'long enough' }, status: 403 },
  'GET /api/users': { who: 'admin' },
  'POST /api/users': { who: 'admin', body: { email: 'new@example.org', name: 'New' }, status: 201 },
  'PATCH /api/users/{id}': {
    who: 'admin',
    url: (f) => `/api/users/${f.otherId}`,
    body: { name: 'Somebody else' },
  },
  'DELETE /api/users/{id}': {
    who: 'admin',
    url: (f) => `/api/users/${f.leaverId}`,
    status: 204,
  },
  'GET /api/users/{id}/events': { who: 'admin', url: (f) => `/api/users/${f.otherId}/events` },
  'POST /api/users/{id}/invite': {
    who: 'admin',
    url: (f) => `/api/users/${f.otherId}/invite`,
    status: 201,
  },
  'DELETE /api/users/{id}/sessions': {
    who: 'admin',
    url: (f) => `/api/users/${f.otherId}/sessions`,
    status: 204,
  },
  'GET /api/users/{id}/tokens': { who: 'admin', url: (f) => `/api/users/${f.otherId}/tokens` },
  'POST /api/users/{id}/tokens': {
    who: 'admin',
    url: (f) => `/api/users/${f.otherId}/tokens`,
    body: { name: 'cli' },
    status: 201,
  },
  'DELETE /api/users/{id}/tokens/{tokenId}': {
    who: 'admin',
    url: (f) => `/api/users/${f.otherId}/tokens/${f.otherTokenId}`,
    status: 204,
  },
  'GET /api/pieces': { who: 'signed in' },
  'POST /api/pieces': { who: 'signed in', body: {}, status: 201 },
  'GET /api/pieces/{id}': { who: 'reader', url: onPiece('') },
  'PATCH /api/pieces/{id}': { who: 'writer', url: onPiece(''), body: { status: 'review' } },
  'DELETE /api/pieces/{id}': { who: 'owner', url: onPiece(''), status: 204 },
  'POST /api/pieces/{id}/undelete': { who: 'owner', url: onPiece('/undelete'), deleted: true },
  'GET /api/pieces/{id}/candidates': { who: 'owner', url: onPiece('/candidates?q=none') },
  'GET /api/pieces/{id}/members': { who: 'reader', url: onPiece('/members') },
  'PUT /api/pieces/{id}/members/{userId}': {
    who: 'owner',
    url: (f) => `/api/pieces/${f.pieceId}/members/${f.otherId}`,
    body: { role: 'reader' },
  },
  'DELETE /api/pieces/{id}/members/{userId}': {
    who: 'owner',
    url: (f) => `/api/pieces/${f.pieceId}/members/${f.otherId}`,
    status: 204,
  },
  'PUT /api/pieces/{id}/content': {
    who: 'writer',
    url: onPiece('/content'),
    body: { content: 'Other words.' },
    headers: { 'if-match': '*' },
  },
  'GET /api/pieces/{id}/export': { who: 'reader', url: onPiece('/export') },
  'GET /api/pieces/{id}/refused': { who: 'owner', url: onPiece('/refused') },
  'POST /api/refused/{id}/apply': {
    who: 'owner',
    url: (f) => `/api/refused/${f.refusedId}/apply`,
    status: 204,
  },
  'DELETE /api/refused/{id}': {
    who: 'owner',
    url: (f) => `/api/refused/${f.refusedId}`,
    status: 204,
  },
  'GET /api/pieces/{id}/outline': { who: 'reader', url: onPiece('/outline') },
  'GET /api/pieces/{id}/events': { who: 'reader', url: onPiece('/events') },
  'GET /api/pieces/{id}/versions': { who: 'reader', url: onPiece('/versions') },
  'POST /api/pieces/{id}/versions': {
    who: 'writer',
    url: onPiece('/versions'),
    body: { name: 'Before legal' },
    status: 201,
  },
  'GET /api/versions/{id}': { who: 'reader', url: (f) => `/api/versions/${f.versionId}` },
  'POST /api/versions/{id}/restore': {
    who: 'writer',
    url: (f) => `/api/versions/${f.versionId}/restore`,
    body: {},
  },
  'GET /api/pieces/{id}/at/{time}': {
    who: 'reader',
    url: (f) => `/api/pieces/${f.pieceId}/at/${new Date().toISOString()}`,
  },
  'POST /api/pieces/{id}/at/{time}/restore': {
    who: 'writer',
    url: (f) => `/api/pieces/${f.pieceId}/at/${new Date().toISOString()}/restore`,
    body: {},
  },
  'GET /api/pieces/{id}/history': { who: 'reader', url: onPiece('/history') },
  'GET /api/pieces/{id}/attribution': { who: 'reader', url: onPiece('/attribution') },
  'GET /api/pieces/{id}/diff': {
    who: 'reader',
    url: (f) => `/api/pieces/${f.pieceId}/diff?from=${f.versionId}`,
  },
  'GET /api/pieces/{id}/threads': { who: 'reader', url: onPiece('/threads') },
  'POST /api/pieces/{id}/threads': {
    who: 'reviewer',
    url: onPiece('/threads'),
    body: { anchor: { quote: 'Some' }, body: 'Which?' },
    status: 201,
  },
  'POST /api/pieces/{id}/threads/read': { who: 'reader', url: onPiece('/threads/read') },
  'GET /api/threads/{id}': { who: 'reader', url: onThread('') },
  'POST /api/threads/{id}/read': { who: 'reader', url: onThread('/read') },
  'POST /api/threads/{id}/comments': {
    who: 'reviewer',
    url: onThread('/comments'),
    body: { body: 'So it is.' },
    status: 201,
  },
  'PATCH /api/comments/{id}': { who: 'reviewer', url: onComment, body: { body: 'So it was.' } },
  'DELETE /api/comments/{id}': { who: 'reviewer', url: onComment, status: 204 },
  'POST /api/threads/{id}/resolve': { who: 'reviewer', url: onThread('/resolve') },
  'POST /api/threads/{id}/reopen': { who: 'reviewer', url: onThread('/reopen') },
  'POST /api/threads/{id}/accept': { who: 'writer', url: onSuggestion('/accept') },
  'POST /api/threads/{id}/reject': { who: 'writer', url: onSuggestion('/reject') },
};
