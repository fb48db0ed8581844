import fc from 'fast-check';
import { Slice } from 'prosemirror-model';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { asOneLine } from '../../../client/editor/fields/one-line.ts';
import { docToDelta } from '../../../client/editor/mapping/from-prosemirror.ts';
import { commands, schema } from '../../../client/editor/index.ts';
import {
  deltaToDoc,
  deltaToLine,
  textToLine,
} from '../../../client/editor/mapping/to-prosemirror.ts';
import { readText } from '../../../shared/document/index.ts';
import { runSeed, seeded } from '../../support/random.ts';
import { bodyDelta } from '../../shared/arbitrary.ts';
import { bodyOf, FakeEditor } from './fake-editor.ts';

const runs = 120;

beforeAll(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterAll(() => void vi.useRealTimers());

test('S1 S5 any text is one line and the same text again: breaks of others are spaces, one for one', () => {
  fc.assert(
    fc.property(bodyDelta, (delta) => {
      const doc = deltaToLine(delta);
      doc.check();
      expect(docToDelta(doc, false)).toEqual(delta);
      const text = delta.map(({ insert }) => (typeof insert === 'string' ? insert : '￼'));
      const shown = doc.textBetween(0, doc.content.size, '', (leaf) =>
        leaf.type === schema.nodes.lineBreak ? ' ' : '￼',
      );
      expect(shown).toBe(text.join('').replaceAll('\n', ' '));
    }),
    { numRuns: runs },
  );
});

test('S5 a line and its text stay equal whatever others write, and nothing typed here breaks it', () => {
  const seed = runSeed();
  for (let run = 0; run < runs; run++) {
    const random = seeded(seed + run);
    const editor = new FakeEditor(bodyOf([{ insert: 'Night\nbuses, ' }, { insert: 'again' }]), {
      shape: 'line',
    });
    const other = new Y.Doc();
    const about = `seed ${seed + run}`;
    for (let step = 0; step < 20; step++) {
      Y.applyUpdate(other, Y.encodeStateAsUpdate(editor.doc));
      const there = other.getText('body');
      const at = random.int(there.length + 1);
      const length = random.int(Math.min(4, there.length - at) + 1);
      const acts = [
        () => there.insert(at, random.pick(['a', '\n', 'b\nc\n', '日本'])),
        () => there.delete(at, length),
        () => length > 0 && there.format(at, length, random.pick([{ bold: true }, { header: 2 }])),
        () => there.insertEmbed(at, { image: 'x.png' }),
        () => editor.select(at, at + length).type(random.pick(['x', '**', 'にほ'])),
        () => editor.select(at, at + length).run(commands.deleteSelection),
        () => editor.select(at, at + length).run(commands.toggleBold),
        () => editor.select(at).paste([paragraph('one\ntwo')]),
        () => editor.run(commands.undo),
      ];
      const breaks = breaksOf(editor.body);
      const act = random.int(acts.length);
      acts[act]!();
      Y.applyUpdate(editor.doc, Y.encodeStateAsUpdate(other));
      expect(editor.mismatches, about).toEqual([]);
      expect(editor.state.doc.toJSON(), about).toEqual(textToLine(editor.body).toJSON());
      if (act === 7) expect(breaksOf(editor.body), about).toBe(breaks);
    }
    vi.advanceTimersByTime(2_000);
    expect(editor.mismatches, about).toEqual([]);
    editor.destroy();
  }
});

test('what is pasted into a line becomes one line of words, with their marks', () => {
  const lines = deltaToDoc([
    { insert: 'Night', attributes: { bold: true } },
    { insert: ' buses' },
    { insert: '\n', attributes: { header: 2 } },
    { insert: '\nat' },
    { insert: { footnote: 'f' } },
    { insert: ' night\n' },
  ]);
  const editor = new FakeEditor(bodyOf([{ insert: 'On .' }]), { shape: 'line' });
  editor.select(3);
  editor.dispatch(editor.state.tr.replaceSelection(asOneLine(new Slice(lines.content, 0, 0))));
  expect(readText(editor.body)).toEqual([
    { insert: 'On ' },
    { insert: 'Night', attributes: { bold: true } },
    { insert: ' buses at night.' },
  ]);
  editor.destroy();
});

function paragraph(text: string) {
  return schema.nodes.paragraph.create(null, schema.text(text));
}

function breaksOf(text: Y.Text): number {
  return text.toJSON().split('\n').length;
}
