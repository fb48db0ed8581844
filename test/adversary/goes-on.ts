/** What has to be so after an attack on a piece. */
import { expect } from 'vitest';
import type { Sql } from '../../server/db/connect.ts';
import { verifyPieces } from '../../server/store/verify.ts';
import { refusedOf } from '../engine/people-in-room.ts';
import { Pen } from '../engine/pen.ts';
import { until } from '../support/until.ts';

type Server = Parameters<typeof Pen.open>[0];

/** Somebody, the admin if nobody is named, opens the piece, types, and it is saved. */
export async function expectWritable(
  server: Server,
  pieceId: string,
  by: { readonly token?: string } = {},
): Promise<void> {
  const pen = await Pen.open(server, pieceId, by);
  await pen.send(pen.write('Good words. '));
  expect([pen.code, pen.saved]).toEqual([null, pen.sent]);
  await pen.close();
}

/** The journal gives the piece back. */
export async function expectVerified(sql: Sql, pieceId: string): Promise<void> {
  for await (const { problems } of verifyPieces(sql, { pieceIds: [pieceId] })) {
    expect(problems).toEqual([]);
  }
}

/** Something is refused because the piece has no room, and nothing for another reason. */
export async function expectPieceFull(server: Server, pieceId: string): Promise<void> {
  const isRefused = async () => {
    const kept = await refusedOf(server, pieceId);
    return kept.length > 0 && kept;
  };
  const refused = await until('something is refused', isRefused, 60_000, 100);
  expect(new Set(refused.map(({ reason }) => reason))).toEqual(new Set(['piece_full']));
}
