import type { Queryable } from '../../db/connect.ts';

interface Mentionable {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/**
 * The ids of the people whom a text names as `@Name` or `@address`, of those who can see the piece.
 * Who is disabled cannot.
 * The longest name that fits counts; a first name does where one person only has it.
 */
export async function mentionsIn(
  sql: Queryable,
  pieceId: string,
  text: string,
): Promise<readonly string[]> {
  if (!text.includes('@')) return [];
  const people = await sql<Mentionable[]>`
    select u.id, u.name, u.email from users u
    left join members m on m.user_id = u.id and m.piece_id = ${pieceId}
    where (m.role is not null or u.role = 'admin') and u.disabled_at is null`;
  return findMentions(text, people);
}

/** Pure: the same, of the people given. */
export function findMentions(text: string, people: readonly Mentionable[]): string[] {
  const byName = new Map<string, string[]>();
  const add = (name: string, id: string) => {
    const key = fold(name);
    byName.set(key, [...(byName.get(key) ?? []), id]);
  };
  for (const { id, name, email } of people) for (const key of [name, email]) add(key, id);
  for (const [name, ids] of firstNames(people)) {
    const [only, ...others] = ids;
    if (only !== undefined && others.length === 0 && !byName.has(name)) add(name, only);
  }
  const names = [...byName.keys()].sort((a, b) => b.length - a.length);
  const folded = fold(text);
  const mentioned = new Set<string>();
  for (let at = folded.indexOf('@'); at >= 0; at = folded.indexOf('@', at + 1)) {
    // What has a letter before it is an email address.
    if (isWordAt(folded, at - 1)) continue;
    const name = names.find(
      (name) => folded.startsWith(name, at + 1) && !isWordAt(folded, at + 1 + name.length),
    );
    for (const id of name === undefined ? [] : (byName.get(name) ?? [])) mentioned.add(id);
  }
  return [...mentioned];
}

function firstNames(people: readonly Mentionable[]): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const { id, name } of people) {
    const [first = ''] = fold(name).split(/\s+/u);
    ids.set(first, [...(ids.get(first) ?? []), id]);
  }
  return ids;
}

/** Case does not count, nor how an accented letter is put together. */
function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

function isWordAt(text: string, at: number): boolean {
  return /[\p{L}\p{N}_]/u.test(text.charAt(at));
}
