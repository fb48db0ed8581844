import type { FastifyReply } from 'fastify';

/**
 * Sends JSON that a thread has written out (workers/written.ts), as it is: what grows with a piece is
 * neither cloned, checked nor written on the event loop (B1). What a route says of its answer is then
 * for the contract alone.
 */
export function sendJson(reply: FastifyReply, json: Uint8Array): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(json);
}

/** The JSON of an object with further members, each written out already. `plain` has one or more. */
export function withMember(plain: object, name: string, json: Uint8Array | null): Buffer {
  const begun = `${JSON.stringify(plain).slice(0, -1)},${JSON.stringify(name)}:`;
  return Buffer.concat([Buffer.from(begun), json ?? Buffer.from('null'), Buffer.from('}')]);
}

/** The JSON of an object that has the members of both; neither is empty. */
export function joined(plain: object, json: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(plain).slice(0, -1)},`), json.subarray(1)]);
}

/** The JSON of a list, its items written out already. */
export function listOf(items: readonly Uint8Array[]): Buffer {
  const parts = items.flatMap((item, i) => (i === 0 ? [item] : [Buffer.from(','), item]));
  return Buffer.concat([Buffer.from('['), ...parts, Buffer.from(']')]);
}
