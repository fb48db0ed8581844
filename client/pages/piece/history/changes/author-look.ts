/** How authors are told apart in a text: by a colour, and by the line under their words. Pure. */
import { colorOf } from '../../../../../shared/person-color.ts';
import type { Author } from './shown-text.ts';

/** As CSS has them. */
const strokes = ['solid', 'dashed', 'dotted', 'double', 'wavy'] as const;

/** Of what nobody in particular wrote, such as an import by the server. */
const nobody = '#5d4037';

export interface AuthorLook {
  readonly userId: string | null;
  /** Null: the server. */
  readonly name: string | null;
  readonly color: string;
  readonly stroke: (typeof strokes)[number];
}

/** Those who wrote a text, in the order in which their words come first. */
export function authorLooks(
  authors: readonly Author[],
  people: readonly { readonly id: string; readonly name: string }[],
): ReadonlyMap<string | null, AuthorLook> {
  const names = new Map(people.map(({ id, name }) => [id, name]));
  const looks = new Map<string | null, AuthorLook>();
  for (const { userId } of authors) {
    if (looks.has(userId)) continue;
    const name = userId === null ? null : (names.get(userId) ?? '');
    const color = userId === null ? nobody : colorOf(userId);
    const stroke = strokes[looks.size % strokes.length] ?? 'solid';
    looks.set(userId, { userId, name, color, stroke });
  }
  return looks;
}
