import { t } from '../../../../strings/piece.ts';

const longest = 48;

/** What a thesis or counterpoint is headed with. `theses`: what those of the piece say, by their ids. */
export function argumentLabel(
  kind: 'thesis' | 'counterpoint',
  answers: string | undefined,
  theses: ReadonlyMap<string, string>,
): string {
  const words = t.piece.argument;
  if (kind === 'thesis') return words.thesis;
  if (answers === undefined) return words.answersNothing;
  const thesis = theses.get(answers);
  return thesis === undefined ? words.answersUnknown : words.answers(shorten(thesis));
}

function shorten(text: string): string {
  if (text.trim() === '') return t.piece.argument.emptyThesis;
  return text.length <= longest ? text : `${text.slice(0, longest).trimEnd()}…`;
}
