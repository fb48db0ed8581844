import fc from 'fast-check';
import * as Y from 'yjs';
import { readText, type DeltaOp } from '../../../shared/document/index.ts';
import { describe, expect, test } from 'vitest';
import type { PieceAction } from '../../../shared/rights.ts';
import { globalRoles, pieceRoles, type PieceRole } from '../../../shared/roles.ts';
import { mayWrite } from '../../../server/collab/permission.ts';
import { can, canManageAccount, effectiveRole } from '../../../server/policy.ts';
import { decodeCursor, encodeCursor } from '../../../server/http/cursor.ts';
import { withoutToken } from '../../../server/http/log.ts';
import { replaceText } from '../../../server/pieces/replace-text.ts';
import { summarise } from '../../../server/pieces/summary.ts';

describe('who may do what', () => {
  const writers = ['owner', 'writer'] as const;
  const table: Record<PieceAction, readonly PieceRole[]> = {
    read: pieceRoles,
    comment: ['owner', 'writer', 'reviewer'],
    suggest: ['owner', 'writer', 'reviewer'],
    edit: writers,
    acceptSuggestion: writers,
    rejectSuggestion: writers,
    nameVersion: writers,
    restore: writers,
    changeStatus: writers,
    manageMembers: ['owner'],
    listRefused: ['owner'],
    applyRefused: ['owner'],
    deleteRefused: ['owner'],
    moderate: ['owner'],
    lock: ['owner'],
    delete: ['owner'],
  };
  const actions = Object.entries(table) as [PieceAction, readonly PieceRole[]][];

  test.each(actions)('P1 %s: %j, and an admin', (action, roles) => {
    for (const role of [...pieceRoles, null]) {
      const may = role !== null && roles.includes(role);
      expect(can({ role: 'member' }, action, { role, locked: false })).toBe(may);
      expect(can({ role: 'admin' }, action, { role, locked: false })).toBe(true);
    }
  });

  test('R4 what changes the text of a locked piece is nobody’s to do, all else goes on', () => {
    const changing = ['edit', 'acceptSuggestion', 'restore', 'applyRefused'];
    for (const [action, roles] of actions) {
      const free = !changing.includes(action);
      for (const role of pieceRoles) {
        const may = free && roles.includes(role);
        expect(can({ role: 'member' }, action, { role, locked: true })).toBe(may);
      }
      expect(can({ role: 'admin' }, action, { role: null, locked: true })).toBe(free);
    }
  });

  test('P1 on a socket writes who may edit, and nobody else', () => {
    for (const role of pieceRoles) {
      for (const locked of [false, true]) {
        expect(mayWrite(role, locked)).toBe(can({ role: 'member' }, 'edit', { role, locked }));
      }
    }
  });

  test('an admin counts as an owner, a member as what they are', () => {
    expect(effectiveRole({ role: 'admin' }, null)).toBe('owner');
    expect(effectiveRole({ role: 'member' }, null)).toBeNull();
    expect(globalRoles.map((role) => canManageAccount({ role, id: 'a' }, 'b'))).toEqual([
      false,
      true,
    ]);
  });
});

const bold = { bold: true };

describe('replacing a text', () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 });

  test('S3: gives the wanted text, in one transaction, and cuts no character in half', () => {
    fc.assert(
      fc.property(text, text, text, text, (start, before, after, end) => {
        const doc = new Y.Doc();
        const title = doc.getText('title');
        title.insert(0, start + before + end);
        let transactions = 0;
        title.observe(() => (transactions += 1));
        replaceText(title, start + after + end);
        expect(title.toJSON()).toBe(start + after + end);
        expect(transactions).toBeLessThanOrEqual(1);
        // Half a character is U+FFFD once it has been sent; a text may hold that by itself.
        expect(asSent(doc)).toBe(start + after + end);
      }),
      { numRuns: 500 },
    );
  });

  test.each<[string, DeltaOp[], string, DeltaOp[]]>([
    [
      'what stays keeps its look, and a word that is spelt otherwise too',
      [{ insert: 'Why ' }, { insert: 'rents', attributes: bold }, { insert: ' rise' }],
      'Why rentals rise here',
      [{ insert: 'Why ' }, { insert: 'rentals', attributes: bold }, { insert: ' rise here' }],
    ],
    [
      'what looked in two ways is replaced by plain words',
      [{ insert: 'Why', attributes: bold }, { insert: ' rents' }],
      'Buses',
      [{ insert: 'Buses' }],
    ],
    [
      'what only ended behind a stretch does not go on in its look',
      [{ insert: 'Why', attributes: { link: 'https://example.org/' } }],
      'Why rents',
      [{ insert: 'Why', attributes: { link: 'https://example.org/' } }, { insert: ' rents' }],
    ],
    [
      'what words cannot name stays',
      [
        { insert: 'Why', attributes: { color: 'red' } },
        { insert: { image: 'x' } },
        { insert: ' not' },
      ],
      'Why so',
      [
        { insert: 'Why', attributes: { color: 'red' } },
        { insert: { image: 'x' } },
        { insert: ' so' },
      ],
    ],
  ])('%s', (_what, before, wanted, after) => {
    const title = new Y.Doc().getText('title');
    title.applyDelta(structuredClone(before));
    replaceText(title, wanted);
    expect(readText(title)).toEqual(after);
  });

  test('S3: words at two places are two changes: what is between keeps its letters', () => {
    const title = new Y.Doc().getText('title');
    title.insert(0, 'Why rents rise here');
    const ops: object[] = [];
    title.observe((event) => ops.push(...event.delta));
    replaceText(title, 'How rents rise there');
    expect(ops).toEqual([{ delete: 3 }, { insert: 'How' }, { retain: 12 }, { insert: 't' }]);
  });

  test('concurrent words in what stays survive', () => {
    const [here, there] = [new Y.Doc(), new Y.Doc()];
    here.getText('title').insert(0, 'Why rents rise');
    Y.applyUpdate(there, Y.encodeStateAsUpdate(here));
    there.getText('title').insert(3, ' all');
    replaceText(here.getText('title'), 'Why rents fell');
    Y.applyUpdate(here, Y.encodeStateAsUpdate(there));
    expect(here.getText('title').toJSON()).toBe('Why all rents fell');
  });
});

/** A half of a surrogate pair becomes U+FFFD on its way through an update. */
function asSent(doc: Y.Doc): string {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return copy.getText('title').toJSON();
}

test('a summary can be stored whatever clients have written', () => {
  const doc = new Y.Doc();
  doc.getText('title').insert(0, ` a\0b\nc${'🏠'.repeat(600)}`);
  doc.getText('body').insert(0, 'One two.\nThree\n');
  doc.getText('body').insertEmbed(3, { footnote: 'x' });
  const { title, words } = summarise(doc);
  expect(words).toBe(3);
  expect(title.startsWith('ab c🏠')).toBe(true);
  expect(title.length).toBeLessThanOrEqual(1_000);
  expect(encodeURIComponent(title)).toContain('ab'); // Throws on half of a surrogate pair.
});

test('a cursor comes back as it was, and nothing else is one', () => {
  const keyset = { at: '2026-01-02T03:04:05.000678Z', id: '01900000-0000-7000-8000-000000000000' };
  expect(decodeCursor(encodeCursor(keyset))).toEqual(keyset);
  expect(decodeCursor(undefined)).toBeNull();
  fc.assert(
    fc.property(fc.string(), (cursor) => {
      expect(() => decodeCursor(cursor)).toThrow('cursor');
    }),
  );
});

test('P3: whatever the query, the value of a token is not in the logged address', () => {
  fc.assert(
    fc.property(fc.array(fc.webQueryParameters(), { maxLength: 3 }), fc.nat(3), (parts, at) => {
      const query = [...parts.slice(0, at), 'token=s3cr3t-s3cr3t', ...parts.slice(at)].join('&');
      expect(withoutToken(`/x?${query}`)).not.toContain('s3cr3t-s3cr3t');
    }),
  );
  expect(withoutToken('/x?a=1&TOKEN=b&%zz=c')).toBe('/x?a=1&token=[redacted]&token=[redacted]');
  expect(withoutToken('/x')).toBe('/x');
});
