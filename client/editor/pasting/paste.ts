import { Fragment, Slice, type Node } from 'prosemirror-model';
import { freshId } from '../fresh-id.ts';
import { kindMarkup, lineKind, unknownAttributes } from '../schema/line-kinds.ts';
import { linesOf } from '../mapping/positions.ts';

/**
 * A copied thesis or counterpoint is a new one: two blocks with one id could not be told apart by
 * what answers them. Ids that are free (the block was cut) stay, so that moving a thesis keeps its
 * counterpoints. Answers follow a thesis that was copied along.
 */
export function freshArguments(slice: Slice, doc: Node): Slice {
  const taken = new Set<string>();
  for (const { line } of linesOf(doc)) {
    const kind = lineKind(line);
    if ('id' in kind) taken.add(kind.id);
  }
  const renamed = new Map<string, string>();
  slice.content.forEach((line) => {
    const kind = line.isTextblock ? lineKind(line) : undefined;
    if (kind && 'id' in kind && taken.has(kind.id)) renamed.set(kind.id, freshId());
  });
  if (renamed.size === 0) return slice;
  const lines: Node[] = [];
  slice.content.forEach((line) => lines.push(rename(line, renamed)));
  return new Slice(Fragment.fromArray(lines), slice.openStart, slice.openEnd);
}

function rename(line: Node, renamed: ReadonlyMap<string, string>): Node {
  const kind = line.isTextblock ? lineKind(line) : undefined;
  if (!kind || !('id' in kind)) return line;
  const id = renamed.get(kind.id) ?? kind.id;
  const answers = kind.kind === 'counterpoint' ? kind.answers : undefined;
  const target = answers === undefined ? undefined : (renamed.get(answers) ?? answers);
  const { type, attrs } = kindMarkup(
    { ...kind, id, ...(target !== undefined && { answers: target }) },
    unknownAttributes(line),
  );
  return type.create(attrs, line.content, line.marks);
}
