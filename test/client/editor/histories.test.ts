import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { bodyToDoc } from '../../../client/editor/mapping/to-prosemirror.ts';
import { finding } from '../../../client/pages/piece/writing/find/find-plugin.ts';
import type { piece } from '../../../client/strings/en/piece.ts';
import { runSeed, seeded, type Random } from '../../support/random.ts';
import { deadline, rounds } from '../../support/test-length.ts';
import { authors, bodyOf, exchange, FakeEditor } from './fake-editor.ts';
import { acts, Letters, randomAct } from './writers.ts';

const inCi = 200;
const runs = rounds(inCi);
const stepsEach = 30;

// The timers of the binding only: Yjs and the history go by the real clock.
beforeAll(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterAll(() => void vi.useRealTimers());

const beginnings: readonly (readonly object[])[] = [
  [{ insert: 'One two.\nThree four.\n' }],
  [],
  [{ insert: 'no break' }],
  ['A', 'B', 'C'].flatMap((name) => [
    { insert: name },
    { insert: '\n', attributes: { header: 2 } },
    { insert: `of ${name}\n` },
  ]),
  [
    { insert: 'Heading' },
    { insert: '\n', attributes: { header: 2, align: 'left' } },
    { insert: 'bold', attributes: { bold: true, color: 'red' } },
    { insert: { image: 'x.png' } },
    { insert: '\nsecond' },
    { insert: '\n\n', attributes: { thesis: 'a' } },
    { insert: 'item' },
    { insert: '\n', attributes: { list: 'bullet', indent: 1 } },
  ],
];

function agree(editor: FakeEditor, about: string): void {
  if (editor.composing) return;
  expect(editor.mismatches, about).toEqual([]);
  expect(editor.state.doc.toJSON(), about).toEqual(bodyToDoc(editor.body).toJSON());
}

/**
 * Lets everybody's waiting timers run, those that compare both sides in full among them. Typing rules
 * look again when a composition ends: what then becomes a link takes its address out of the text.
 */
function settle(editors: readonly FakeEditor[], letters: Letters): void {
  letters.watch(editors, () => vi.advanceTimersByTime(2_000));
}

function writeTogether(
  editors: readonly FakeEditor[],
  random: Random,
  letters: Letters,
  trail: string[],
) {
  for (let step = 0; step < stepsEach; step++) {
    const who = random.int(editors.length);
    const editor = editors[who]!;
    const choice = random.int(20);
    if (choice === 0) editor.composing = true;
    else if (choice === 1 && editor.composing) editor.endComposition();
    if (choice < 5) {
      const other = editors[(who + 1 + random.int(editors.length - 1)) % editors.length]!;
      trail.push(`${who}<->${editors.indexOf(other)}`);
      exchange(editor, other);
      settle(editors, letters);
      for (const each of [editor, other]) agree(each, trail.join(' '));
    } else {
      trail.push(`${who}:?`);
      trail[trail.length - 1] = `${who}:${randomAct(editor, random, letters)}`;
    }
  }
}

function finish(editors: readonly FakeEditor[], letters: Letters): void {
  for (const editor of editors) editor.endComposition();
  settle(editors, letters);
  // Yjs tidies formats after a merge, which is one more change to hand on.
  for (let round = 0; round < 6 && (round < 2 || !isSame(editors)); round++) {
    for (const editor of editors.slice(1)) exchange(editors[0]!, editor);
  }
  settle(editors, letters);
}

function isSame([first, ...others]: readonly FakeEditor[]): boolean {
  const snapshot = Y.snapshot(first!.doc);
  return others.every(({ doc }) => Y.equalSnapshots(Y.snapshot(doc), snapshot));
}

function compare(editors: readonly FakeEditor[], letters: Letters, about: string): void {
  const [first] = editors;
  for (const editor of editors) {
    agree(editor, about);
    editor.state.doc.check();
    expect(editor.body.toDelta(), about).toEqual(first!.body.toDelta());
  }
  expect(isSame(editors), about).toBe(true);
  const found = new Map<string, number[]>();
  for (const [letter, author] of authors(first!.body)) {
    found.set(letter, [...(found.get(letter) ?? []), author]);
  }
  for (const [letter, by] of letters.typed) {
    if (letters.restored.has(letter)) continue;
    if (letters.rewritten.has(letter)) {
      if (!letters.deleted.has(letter)) expect(found.has(letter), `${letter}; ${about}`).toBe(true);
      continue;
    }
    const wanted = letters.deleted.has(letter) ? [] : [by];
    expect(found.get(letter) ?? [], `${letter} of ${by}; ${about}`).toEqual(wanted);
  }
}

function run(seed: number): void {
  const random = seeded(seed);
  const letters = new Letters();
  const first = bodyOf(random.pick(beginnings));
  const captureTimeout = random.pick([0, 500]);
  const editors = Array.from(
    { length: 2 + random.int(3) },
    (_, i) => new FakeEditor(first, { clientId: i + 1, captureTimeout, plugins: [finding()] }),
  );
  const trail: string[] = [];
  try {
    writeTogether(editors, random, letters, trail);
    finish(editors, letters);
    compare(editors, letters, trail.join(' '));
  } catch (cause) {
    throw new Error(`SEED=${seed} TEST_LENGTH=${1 / inCi}; ${trail.join(' ')}`, { cause });
  } finally {
    for (const editor of editors) editor.destroy();
  }
}

/** What of the runs does an action of the toolbar; null: it changes no text. */
const actOf: Readonly<Record<keyof typeof piece.actions, string | null>> = {
  undo: 'undo',
  redo: 'redo',
  paragraph: 'paragraph',
  heading: 'heading',
  subheading: 'heading',
  minorHeading: 'heading',
  thesis: 'thesis',
  counterpoint: 'counterpoint',
  answer: 'answer',
  answers: 'relink',
  quote: 'quote',
  bullet: 'list',
  ordered: 'list',
  indent: 'indent',
  outdent: 'outdent',
  codeBlock: 'codeBlock',
  bold: 'bold',
  italic: 'italic',
  strike: 'strike',
  code: 'code',
  link: 'link',
  footnote: 'footnote',
  divider: 'divider',
  replace: 'replace',
  // Its sections are moved by it.
  outline: 'moveSection',
  find: null,
  toolbar: null,
  comment: null,
  suggest: null,
  nextThread: null,
  previousThread: null,
  whoWrote: null,
  history: null,
  help: null,
};

test('S1 the runs do everything that the toolbar does to a text', () => {
  for (const act of Object.values(actOf)) if (act !== null) expect(acts).toHaveProperty(act);
});

test(
  `S1 two to four editors at random, every command, undo and lost connections: ${runs} runs end equal, and keep every letter and who wrote it`,
  () => {
    const first = runSeed();
    console.log(`seeds ${first} to ${first + runs - 1}`);
    for (let i = 0; i < runs; i++) run(first + i);
  },
  deadline(180_000),
);
