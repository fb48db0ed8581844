import { expect } from 'vitest';
import * as Y from 'yjs';
import type { RefusedChanges } from '../../shared/api/refused.ts';
import { differences, readAll } from '../server/refused/edits.ts';

const fields = ['title', 'standfirst', 'body'] as const;

/** A piece as an owner sees it, and as it is stored. */
export function stateOf(doc: Y.Doc) {
  const notes = [...doc.getMap('footnotes')].map(([id, note]) => [
    id,
    note instanceof Y.Text ? deltaOf(note) : note,
  ]);
  return {
    ...readAll(doc),
    texts: fields.map((name) => deltaOf(doc.getText(name))),
    notes: Object.fromEntries(notes) as Record<string, unknown>,
    roots: [...doc.share.keys()].sort(),
    waits: doc.store.pendingStructs !== null || doc.store.pendingDs !== null,
  };
}

/** Letter by letter: a mark that changes nothing may stand between any two. */
function deltaOf(text: Y.Text): unknown[] {
  const ops = text.toDelta() as { insert: unknown; attributes?: object }[];
  return ops.flatMap(({ insert, attributes }) => {
    const letters = typeof insert === 'string' ? [...insert] : [insert];
    return letters.map((letter) => [letter, attributes ?? null]);
  });
}

export type State = ReturnType<typeof stateOf>;

/** The one differs from the other by what was shown, and by nothing else. */
export function expectShown(shown: RefusedChanges, before: State, after: State): void {
  const { title, standfirst, lines, footnotes, meta } = shown;
  const gist = ({
    title,
    standfirst,
    lines,
    footnotes,
  }: Pick<RefusedChanges, 'title' | 'standfirst' | 'lines' | 'footnotes'>) => ({
    title: isUnchanged(title) ? null : title,
    standfirst: isUnchanged(standfirst) ? null : standfirst,
    // Where it stands shifts as others write.
    lines: lines.map((line) => ({ ...line, before: null, after: null })),
    footnotes: footnotes.map((note) => ({ ...note, before: null, after: null })),
  });
  expect(gist(differences(before.model, after.model))).toEqual(gist(shown));
  const metaAfter = { ...before.meta };
  for (const { name, after: value } of meta) {
    if (value === null) delete metaAfter[name];
    else metaAfter[name] = value;
  }
  expect(after.meta).toEqual(metaAfter);
  // Where nothing was shown, nothing is different in what is stored either.
  const untouched = [isUnchanged(title), isUnchanged(standfirst), lines.length === 0];
  const stored = ({ texts }: State) => texts.filter((_, i) => untouched[i]);
  expect(stored(after)).toEqual(stored(before));
  if (footnotes.length === 0) expect(after.notes).toEqual(before.notes);
  expect(after.roots).toEqual(before.roots);
  // What waited for words of it may be shown with it.
  expect(after.waits && !before.waits).toBe(false);
}

const isUnchanged = (parts: RefusedChanges['title']) =>
  parts.every(({ change, formats }) => change === 'same' && formats === undefined);
