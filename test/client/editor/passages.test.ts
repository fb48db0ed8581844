import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  anchorOf,
  commands,
  draftIn,
  indexToPosition,
  passageAt,
  passages,
  placesIn,
  setActivePassage,
  setDraftPassage,
  showPassages,
  type Passage,
} from '../../../client/editor/index.ts';
import { bodyOf, exchange, FakeEditor } from './fake-editor.ts';

const node = { nodeType: 1 };
const text = 'Night buses pay for themselves.\nNobody is disturbed.\n';

const open: FakeEditor[] = [];
beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  open.splice(0).forEach((editor) => editor.destroy());
});

function edit(clientId: number, first: Uint8Array): FakeEditor {
  const made: { editor?: FakeEditor } = {};
  const plugin = passages({
    text: () => made.editor?.body ?? null,
    look: ({ kind }, active) => ({ class: `${kind}${active ? ' active' : ''}` }),
    insertion: () => node,
    draftLook: { class: 'draft' },
    draftPoint: () => node,
  });
  made.editor = new FakeEditor(first, { clientId, plugins: [plugin] });
  open.push(made.editor);
  return made.editor;
}

const start = () => edit(1, bodyOf([{ insert: text }]));

function on(editor: FakeEditor, words: string, more: Partial<Passage> = {}): Passage {
  const from = editor.body.toJSON().indexOf(words);
  const anchor = anchorOf(editor.body, from, from + words.length);
  return { id: words, ...anchor, point: false, insertion: null, kind: 'comment', ...more };
}

/** What the passages read, by id. */
function shown(editor: FakeEditor): Record<string, string> {
  const places = [...placesIn(editor.state)];
  return Object.fromEntries(
    places.map(([id, { from, to }]) => [id, editor.state.doc.textBetween(from, to, '\n')]),
  );
}

describe('Passages of threads in the editor', () => {
  test('S2 are where their relative positions are, across lines too', () => {
    const editor = start();
    const across = 'themselves.\nNobody';
    editor.run(showPassages([on(editor, 'buses'), on(editor, across)]));
    expect(shown(editor)).toEqual({ buses: 'buses', [across]: across });
  });

  test('S2 what is typed within belongs to one, what is typed at its edges does not', () => {
    const editor = start();
    editor.run(showPassages([on(editor, 'buses')]));
    editor.select(6).type('old ');
    expect(shown(editor)).toEqual({ buses: 'buses' });
    editor.select(15).type('!');
    expect(shown(editor)).toEqual({ buses: 'buses' });
    editor.select(12).type('-');
    expect(shown(editor)).toEqual({ buses: 'bu-ses' });
    vi.runAllTimers();
    expect(shown(editor)).toEqual({ buses: 'bu-ses' });
  });

  test('a keystroke moves them by mapping; they are placed anew a moment later, once', () => {
    const editor = start();
    editor.run(showPassages([on(editor, 'pay for')]));
    const before = editor.log.length;
    editor.select(0).type('All ');
    expect(editor.log.length).toBe(before + 5);
    expect(shown(editor)).toEqual({ 'pay for': 'pay for' });
    vi.runAllTimers();
    expect(editor.log.length).toBe(before + 6);
    expect(shown(editor)).toEqual({ 'pay for': 'pay for' });
  });

  test('one whose letters are gone is not shown, and is again where its thread has other ones', () => {
    const editor = start();
    editor.run(showPassages([on(editor, 'buses')]));
    editor.select(6, 11).type('x');
    vi.runAllTimers();
    expect(shown(editor)).toEqual({});
    editor.history.undo();
    vi.runAllTimers();
    editor.run(showPassages([on(editor, 'buses')]));
    expect(shown(editor)).toEqual({ buses: 'buses' });
  });

  test('split, joined, and made into another kind of line, they hold', () => {
    const editor = start();
    const words = 'pay for themselves.';
    editor.run(showPassages([on(editor, words)]));
    editor.select(16);
    editor.run(commands.toggleThesis);
    expect(shown(editor)).toEqual({ [words]: words });
    editor.select(16).paste([]);
    editor.dispatch(editor.state.tr.split(indexToPosition(editor.state.doc, 16)));
    expect(shown(editor)[words]).toBe('pay \nfor themselves.');
    vi.runAllTimers();
    expect(shown(editor)[words]).toBe('pay \nfor themselves.');
    editor.history.undo();
    vi.runAllTimers();
    expect(shown(editor)).toEqual({ [words]: words });
  });

  test('what others do to the text moves them as it moves the letters', () => {
    const editor = start();
    const other = edit(2, bodyOf([{ insert: text }]));
    exchange(editor, other);
    editor.run(showPassages([on(editor, 'disturbed')]));
    other.select(0).type('Indeed, ');
    other.select(other.body.toJSON().indexOf('turbed')).type('-');
    exchange(editor, other);
    vi.runAllTimers();
    expect(shown(editor)).toEqual({ disturbed: 'dis-turbed' });
  });

  test('an insertion is a point behind its letter; what is typed there comes behind it', () => {
    const editor = start();
    const at = text.indexOf(' pay');
    const anchor = anchorOf(editor.body, at, at);
    const point: Passage = {
      ...{ id: 'point', ...anchor, point: true },
      ...{ insertion: ' now', kind: 'suggestion' },
    };
    editor.run(showPassages([point]));
    const position = indexToPosition(editor.state.doc, at);
    expect(placesIn(editor.state).get('point')).toEqual({ from: position, to: position });
    editor.select(at).type(' at night');
    expect(placesIn(editor.state).get('point')).toEqual({ from: position, to: position });
    vi.runAllTimers();
    expect(placesIn(editor.state).get('point')).toEqual({ from: position, to: position });
  });

  test('of several at one place the shortest is found first, then the next', () => {
    const editor = start();
    editor.run(showPassages([on(editor, 'buses pay for'), on(editor, 'pay')]));
    const position = indexToPosition(editor.state.doc, text.indexOf('pay') + 1);
    expect(passageAt(editor.state, position)).toBe('pay');
    expect(passageAt(editor.state, position, 'pay')).toBe('buses pay for');
    expect(passageAt(editor.state, position, 'buses pay for')).toBe('pay');
    expect(passageAt(editor.state, editor.state.doc.content.size - 1)).toBe(null);
  });

  test('what is about to be said keeps its place while the text changes', () => {
    const editor = start();
    editor.run(setDraftPassage({ from: 7, to: 12 }));
    editor.run(setActivePassage(null));
    editor.select(0).type('All ');
    const draft = draftIn(editor.state);
    expect(draft && editor.state.doc.textBetween(draft.from, draft.to)).toBe('buses');
  });
});
