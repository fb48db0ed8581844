import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { commands } from '../../../client/editor/index.ts';
import { bodyOf, FakeEditor } from './fake-editor.ts';

beforeAll(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterAll(() => void vi.useRealTimers());

/** What the body says after each undo, until there is nothing to take back. */
function undone(editor: FakeEditor): string[] {
  const said: string[] = [];
  while (editor.run(commands.undo)) said.push(editor.body.toJSON());
  editor.destroy();
  return said;
}

function begin(text = 'Begin. \n'): FakeEditor {
  const editor = new FakeEditor(bodyOf([{ insert: text }]), { captureTimeout: 60_000 });
  return editor.select(text.length - 1);
}

describe('Undo takes back', () => {
  test('about a sentence of what is typed without a pause', () => {
    const editor = begin('\n');
    editor.type('Night buses pay. They do! “Do they?” Well… yes');
    expect(undone(editor)).toEqual([
      'Night buses pay. They do! “Do they?” Well… \n',
      'Night buses pay. They do! “Do they?” \n',
      'Night buses pay. They do! \n',
      'Night buses pay. \n',
      '\n',
    ]);
  });

  test('a bounded stretch where no sentence ends, at the end of a word where there is one', () => {
    const words = begin('\n');
    words.type('word '.repeat(60));
    const steps = undone(words).map((said) => said.trim().split(' ').length);
    expect(steps).toEqual([48, 24, 1]);
    const letters = begin('\n');
    letters.type('x'.repeat(500));
    expect(undone(letters).map((said) => said.length - 1)).toEqual([480, 240, 0]);
  });

  test('what was typed in one place, and not what was typed in another', () => {
    const editor = begin();
    editor.type('one').select(0).type('two');
    expect(undone(editor)).toEqual(['Begin. one\n', 'Begin. \n']);
  });

  test('a typo with its correction, while others write before it', () => {
    const editor = begin();
    const other = new Y.Doc();
    editor.type('niht');
    Y.applyUpdate(other, Y.encodeStateAsUpdate(editor.doc));
    other.getText('body').insert(0, 'Theirs. ');
    Y.applyUpdate(editor.doc, Y.encodeStateAsUpdate(other));
    const end = editor.body.length - 1;
    editor.select(end - 2, end).run(commands.deleteSelection);
    editor.type('ght');
    expect(undone(editor)).toEqual(['Theirs. Begin. \n']);
  });

  test('what was deleted apart from what was typed just before: no word of that is lost', () => {
    const typed = 'Night buses pay';
    const all = `Begin. ${typed}\n`;
    for (let from = 0; from < all.length - 1; from++) {
      for (let to = from + 1; to < all.length; to++) {
        const editor = begin();
        editor.type(typed).select(from, to).run(commands.deleteSelection);
        const isTypo = to - from <= 2 && to === all.length - 1;
        const steps = isTypo ? ['Begin. \n'] : [all, 'Begin. \n'];
        expect(undone(editor), `${from} to ${to}`).toEqual(steps);
      }
    }
    // By holding the key: what comes back is all but the letters of a typo.
    const editor = begin();
    editor.type(typed);
    for (let at = all.length - 1; at > 0; at--) {
      editor.select(at - 1, at).run(commands.deleteSelection);
    }
    expect(undone(editor)).toEqual(['Begin. Night b\n', 'Begin. \n']);
  });

  test('a split by itself, and what a typing rule does', () => {
    const editor = begin();
    editor.type('a').run(commands.splitLine);
    editor.type('b **c**');
    expect(undone(editor)).toEqual([
      'Begin. a\nb **c**\n',
      'Begin. a\n\n',
      'Begin. a\n',
      'Begin. \n',
    ]);
  });

  test('one composition, however long it took and whatever it replaced on the way', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const editor = new FakeEditor(bodyOf([{ insert: 'Begin. \n' }])).select(7);
    editor.type('ok');
    for (const words of [
      ['に', 'にほ', '日本'],
      ['ご', '語'],
    ]) {
      const from = editor.state.selection.from;
      let to = from;
      editor.composing = true;
      for (const word of words) {
        editor.dispatch(editor.state.tr.insertText(word, from, to));
        to = from + word.length;
        vi.advanceTimersByTime(3_000);
      }
      editor.endComposition();
      vi.advanceTimersByTime(100);
    }
    expect(undone(editor)).toEqual(['Begin. ok日本\n', 'Begin. ok\n', 'Begin. \n']);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
});
