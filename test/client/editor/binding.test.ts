import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { applyOps } from '../../../client/editor/binding/body-ops.ts';
import { docToDelta } from '../../../client/editor/mapping/from-prosemirror.ts';
import { applyDelta } from '../../../client/editor/binding/remote-changes.ts';
import { bodyToDoc, deltaToDoc } from '../../../client/editor/mapping/to-prosemirror.ts';
import { diffTokens } from '../../../client/editor/binding/token-diff.ts';
import { tokensBetween } from '../../../client/editor/binding/tokens.ts';
import { EditorState } from 'prosemirror-state';
import { flatLength } from '../../../client/editor/mapping/positions.ts';
import { settleLastBreak } from '../../../client/editor/binding/body-ops.ts';
import { readText, type DeltaOp } from '../../../shared/document/index.ts';
import { bodyDelta } from '../../shared/arbitrary.ts';

function bodyWith(delta: readonly DeltaOp[]): Y.Text {
  const body = new Y.Doc().getText('body');
  body.applyDelta(structuredClone(delta) as object[], { sanitize: true });
  return body;
}

test('the operations between any two documents, applied to the body of the one, give that of the other', () => {
  fc.assert(
    fc.property(bodyDelta, bodyDelta, (first, second) => {
      const body = bodyWith(first);
      const before = bodyToDoc(body);
      const after = deltaToDoc(second);
      const wasEnded = body.length === flatLength(before);
      const diff = diffTokens(
        tokensBetween(before, 0, flatLength(before)),
        tokensBetween(after, 0, flatLength(after)),
        0,
      );
      const { ops, ended } = settleLastBreak(diff, flatLength(before), wasEnded);
      applyOps(body, ops);
      expect(readText(body)).toEqual(docToDelta(after, ended));
    }),
    { numRuns: 300 },
  );
});

/** A change of a body: operations at random, as another client may make them, nonsense included. */
const changes = fc.array(
  fc.record({
    kind: fc.constantFrom('insert', 'delete', 'format', 'embed'),
    at: fc.nat(),
    length: fc.nat(6),
    text: fc.constantFrom('x', '\n', 'xy\n', '\nz', 'a\nb\nc', '😀', '\n\n'),
    attributes: fc.constantFrom<Record<string, unknown>>(
      ...[{}, { bold: true }, { header: 2 }, { thesis: 'a' }, { list: 'bullet', indent: 1 }],
      ...[
        { header: null },
        { bold: null, blockquote: true },
        { color: 'red' },
        { link: 'http://x' },
      ],
    ),
  }),
  { minLength: 1, maxLength: 5 },
);

const characterStart = (body: Y.Text, index: number) => {
  const units = (body.toDelta() as DeltaOp[])
    .map(({ insert }) => (typeof insert === 'string' ? insert : '\uFFFC'))
    .join('');
  return index > 0 && /^[\uD800-\uDBFF]$/.test(units[index - 1]!) ? index - 1 : index;
};

test('any change of a body, shown by its delta, gives the document of the body', () => {
  fc.assert(
    fc.property(bodyDelta, changes, (first, list) => {
      const body = bodyWith(first);
      const before = bodyToDoc(body);
      const ended = body.length === flatLength(before);
      let delta: Y.YTextEvent['delta'] = [];
      body.observe((event) => (delta = event.delta));
      body.doc!.transact(() => {
        for (const { kind, at, length, text, attributes } of list) {
          // Within a surrogate pair Yjs writes U+FFFD, which no delta tells: see `Binding.check`.
          const from = characterStart(body, at % (body.length + 1));
          const most = characterStart(body, Math.min(body.length, from + length)) - from;
          if (kind === 'insert') body.insert(from, text, { ...attributes });
          else if (kind === 'embed') body.insertEmbed(from, { divider: true }, { ...attributes });
          else if (kind === 'delete') body.delete(from, most);
          else body.format(from, most, { ...attributes });
        }
      });
      const { tr } = EditorState.create({ doc: before });
      applyDelta(tr, delta, ended);
      tr.doc.check();
      expect(tr.doc.toJSON()).toEqual(bodyToDoc(body).toJSON());
    }),
    { numRuns: 1_000 },
  );
});
