import { Problem } from '../errors.ts';
import type { Workers } from '../workers/pool.ts';
import type { PastQuery } from '../../shared/api/versions.ts';
import type { Answer } from '../workers/tasks.ts';
import type { Until } from '../history/replay.ts';
import type { Sql } from '../db/connect.ts';
import { findVersion } from './store.ts';

/** How far ahead of ours a caller's clock may be, in ms. */
const clockTolerance = 5_000;

export const beforeBeginning = () =>
  new Problem('before_beginning', 'The piece had not been begun at that time.');

/**
 * The state of a piece at a time, with its text where that is asked for. Throws `before_beginning` and
 * `in_the_future`.
 */
export async function stateAtTime(
  workers: Pick<Workers, 'ask'>,
  person: string,
  pieceId: string,
  { time, as }: { readonly time: string; readonly as: PastQuery | null },
): Promise<Answer<'at'>> {
  const past = await workers.ask(person, 'at', { pieceId, until: { time: timeOf(time) }, as });
  if (past.seq === 0) throw beforeBeginning();
  return past;
}

/** What a moment of a diff means for one piece. Throws `no_such_version` for another's version. */
export async function untilOf(sql: Sql, pieceId: string, moment: string): Promise<Until> {
  if (moment === 'now') return null;
  if (!isId(moment)) return { time: timeOf(moment) };
  const version = await findVersion(sql, moment);
  if (version === undefined || version.pieceId !== pieceId) {
    throw new Problem('no_such_version', 'The piece has no such version.');
  }
  return { seq: version.seq };
}

const isId = (text: string) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (time > Date.now() + clockTolerance) {
    throw new Problem('in_the_future', 'That time has not come yet.');
  }
  return time;
}
