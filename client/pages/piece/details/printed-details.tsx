import type { PieceSession } from '../../../collab/index.ts';
import { formatDay } from '../../../strings/format.ts';
import { useMeta } from './use-meta.ts';

/** Byline and date, which are seen on paper only. */
export default function PrintedDetails({ session }: { session: PieceSession }) {
  const { byline, date } = useMeta(session);
  const said = [...wordsOf(byline), ...wordsOf(date).map(dayOf)];
  if (said.length === 0) return null;
  return <p className="on-paper">{said.join(' · ')}</p>;
}

/** A value as words: a byline may be a list of names. */
function wordsOf(value: unknown): string[] {
  if (Array.isArray(value))
    return [value.flatMap(wordsOf).join(', ')].filter((text) => text !== '');
  if (typeof value === 'number') return [String(value)];
  return typeof value === 'string' && value.trim() !== '' ? [value] : [];
}

/** A date in the reader's words; what is none, as it is. */
function dayOf(date: string): string {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)(?:$|[T ])/.exec(date) ?? [];
  const at = new Date(Number(year), Number(month) - 1, Number(day));
  return Number.isNaN(at.getTime()) ? date : formatDay(at);
}
