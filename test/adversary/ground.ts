import { createPiece } from '../support/clients.ts';
import { addMember, createPerson } from '../support/people.ts';
import type { Ground } from './attack.ts';

/** The ground of an attack on a server that runs. */
export function groundOn(server: { readonly url: string; readonly pid: number }): Ground {
  return {
    url: server.url,
    pid: server.pid,
    person: (name) => createPerson(server, name),
    piece: (piece) => createPiece(server, piece),
    member: (pieceId, person, role) => addMember(server, pieceId, person, role),
  };
}
