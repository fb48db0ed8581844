import { closeCode } from '../collab/close-codes.ts';
import type { ConnectionRequest } from '../collab/connection.ts';
import type { Admission } from '../collab/ports.ts';
import type { Queryable } from '../db/connect.ts';
import { schemaVersion } from '../../shared/document/index.ts';
import { roleOn } from '../pieces/roles.ts';
import type { Authenticate } from './authenticate.ts';
import { colorOf } from './color.ts';

/**
 * Decides who may join a piece, and as what (P1). Rejects when the database cannot be asked; the
 * client is then told to come back.
 */
export function createAdmit(
  sql: Queryable,
  authenticate: Authenticate,
): (request: ConnectionRequest) => Promise<Admission> {
  return async ({ pieceId, token, schema }) => {
    if (token === null) return refuse(closeCode.notSignedIn, 'not signed in: give a token');
    const signedIn = await authenticate(token);
    if (signedIn === 'unknown') return refuse(closeCode.notSignedIn, 'the token is not known');
    if (signedIn === 'expired') return refuse(closeCode.notSignedIn, 'the token has expired');
    const { user } = signedIn;
    const role = await roleOn(sql, user, pieceId);
    if (role === 'no_such_piece') return refuse(closeCode.noSuchPiece, 'no such piece');
    if (role === 'no_right') return refuse(closeCode.noRight, 'you are not on this piece');
    if (schema !== null && schema !== String(schemaVersion)) {
      return refuse(closeCode.schema, `the document schema here is ${schemaVersion}`);
    }
    return { ok: true, person: { id: user.id, name: user.name, color: colorOf(user.id) }, role };
  };
}

function refuse(code: number, reason: string): Admission {
  return { ok: false, code, reason };
}
