import { closeCode } from '../../collab/close-codes.ts';
import type { ConnectionRequest } from '../../collab/connection/connection-deps.ts';
import { roleBy } from '../../collab/permission.ts';
import type { Admission } from '../../collab/ports.ts';
import type { Queryable } from '../../db/connect.ts';
import { schemaVersion } from '../../../shared/document/index.ts';
import { roleOn } from '../../pieces/roles.ts';
import { Problem } from '../../errors.ts';
import type { NoSignIn, SignedIn } from './authenticate.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { TokenGate } from '../tokens/token-gate.ts';
import type { TokenUses } from '../tokens/token-uses.ts';
import { colorOf } from '../../../shared/person-color.ts';

export interface AdmitDeps {
  readonly sql: Queryable;
  readonly tokens: TokenGate;
  readonly uses: TokenUses;
  readonly sessions: Sessions;
}

/**
 * Decides who may join a piece, and as what (P1). Rejects when the database cannot be asked; the
 * client is then told to come back.
 */
export function createAdmit(deps: AdmitDeps): (request: ConnectionRequest) => Promise<Admission> {
  const { sql } = deps;
  return async (request) => {
    const { pieceId, schema, person: meant } = request;
    const signedIn = await whoAsks(deps, request);
    if ('code' in signedIn) return signedIn;
    const { user, credential } = signedIn;
    // A page that slept while somebody else signed in has its cookie, and the former one's words.
    if (meant !== null && meant !== user.id) {
      return refuse(closeCode.notSignedIn, 'somebody else is signed in');
    }
    if (credential.kind === 'token') {
      deps.uses.note(credential.id, 'WebSocket /collab/:id', request.address);
    }
    const role = await roleOn(sql, user, pieceId);
    if (role === 'no_such_piece') return refuse(closeCode.noSuchPiece, 'no such piece');
    if (role === 'no_right') return refuse(closeCode.noRight, 'you are not on this piece');
    if (role === 'former_writer') {
      const gone = refuse(closeCode.noRight, 'your right to this piece was withdrawn');
      // What a read-only token brings is no edit of its person's.
      return credential.readOnly ? gone : { ...gone, lastWordsOf: user.id };
    }
    if (schema !== null && schema !== String(schemaVersion)) {
      return refuse(closeCode.schema, `the document schema here is ${schemaVersion}`);
    }
    const person = { id: user.id, name: user.name, color: colorOf(user.id) };
    return { ok: true, person, role: roleBy(credential, role), credential };
  };
}

const noSignIn: Record<NoSignIn, string> = {
  unknown: 'is not known',
  expired: 'has expired',
  withdrawn: 'was withdrawn',
};

type Refusal = Extract<Admission, { readonly ok: false }>;

/** By token where one is given, else by the session's cookie. */
async function whoAsks(
  { tokens, sessions }: AdmitDeps,
  { token, session, address }: ConnectionRequest,
): Promise<SignedIn | Refusal> {
  if (token === null && session === null) {
    return refuse(closeCode.notSignedIn, 'not signed in: give a token, or sign in');
  }
  try {
    const found =
      token !== null
        ? await tokens.signIn(token, address)
        : await sessions.authenticate(session ?? '');
    if (typeof found !== 'string') return found;
    const what = token === null ? 'session' : 'token';
    return refuse(closeCode.notSignedIn, `the ${what} ${noSignIn[found]}`);
  } catch (error) {
    // Others at this address were quicker to use up its tries.
    if (!(error instanceof Problem) || error.code !== 'too_many_tries') throw error;
    return refuse(closeCode.overloaded, 'too many failed tries; come back later');
  }
}

function refuse(code: number, reason: string): Refusal {
  return { ok: false, code, reason };
}
