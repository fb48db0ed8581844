import { expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { anchorAt, FieldText, findAgain } from '../../shared/anchors/index.ts';

/** How often a map is asked while `work` runs: once or twice for each pair of letters compared. */
function lookups(work: () => void): number {
  const spy = vi.spyOn(Map.prototype, 'get');
  try {
    work();
    return spy.mock.calls.length;
  } finally {
    spy.mockRestore();
  }
}

test('B1 a passage whose neighbours stand everywhere is not compared with all that is between them', () => {
  const around = 'the same neighbours stand here. ';
  const sought = 'what was said '.repeat(700);
  const body = new Y.Doc().getText('body');
  body.insert(0, around + sought + around);
  const at = { from: around.length, to: around.length + sought.length };
  const anchor = anchorAt(new FieldText(body), at);
  body.delete(0, body.length);
  body.insert(0, (around + 'xyz '.repeat(2_500)).repeat(90) + around);
  const view = new FieldText(body);
  let found: unknown;
  const asked = lookups(() => (found = findAgain(view, anchor, { near: 0, seen: null })));
  expect(found).toBeNull();
  // Without a bound: 90 times 20,000.
  expect(asked).toBeLessThan(600_000);
});

test('S2 what stands between the old neighbours is found, if there is not too much of it', () => {
  const body = new Y.Doc().getText('body');
  const [was, is] = ['What was said then.', 'What is said there.'];
  body.insert(0, `Before it there is this. ${was} After it there is that.`);
  const from = body.toJSON().indexOf(was);
  const anchor = anchorAt(new FieldText(body), { from, to: from + was.length });
  body.delete(from, was.length);
  body.insert(from, is);
  const at = findAgain(new FieldText(body), anchor, { near: 0, seen: null });
  expect(at).toEqual({ from, to: from + is.length });
});
