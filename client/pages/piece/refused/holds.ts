import { excerpt } from '../../../strings/excerpt.ts';
import { t } from '../../../strings/piece.ts';

/** What a refused edit of `name` holds, in one sentence. */
export function holds(name: string, edit: { added: string; removed: string }): string {
  const words = t.refused.holds;
  const [added, removed] = [excerpt(edit.added), excerpt(edit.removed)];
  if (added !== '' && removed !== '') return words.both(name, added, removed);
  if (added !== '') return words.added(name, added);
  return removed === '' ? words.look(name) : words.removed(name, removed);
}
