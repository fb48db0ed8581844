import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { RefusalReason } from '../../../shared/protocol/events.ts';
import { planRefused, type KeptEdit } from '../../../server/refused/effect/plan.ts';
import { runSeed, seeded } from '../../support/random.ts';
import { copyOf, differences, edit, readAll, somePiece } from './edits.ts';

const owners = new Map<number, string | null>([
  [1, null],
  [2, 'ann'],
  [3, 'rae'],
]);

function plan(
  doc: Y.Doc,
  update: Uint8Array,
  {
    author = 'rae',
    reason = 'may_not_edit',
    renamed,
    spoken = [] as number[],
  }: {
    author?: string;
    reason?: RefusalReason;
    renamed?: KeptEdit['renamed'];
    spoken?: number[];
  } = {},
) {
  return planRefused(
    { state: [Y.encodeStateAsUpdate(doc)], clientIds: owners, spoken: new Set(spoken) },
    { id: 'an-edit', author, reason, update, renamed: renamed ?? new Map() },
  );
}

/** What `change` does to a copy with a clientID, as an update. */
function written(from: Y.Doc, clientID: number, change: (doc: Y.Doc) => void): Uint8Array {
  const doc = copyOf(from, clientID);
  const before = Y.encodeStateVector(doc);
  change(doc);
  return Y.encodeStateAsUpdate(doc, before);
}

const body = (doc: Y.Doc) => doc.getText('body');

describe('R4 what an owner is shown of a refused edit is all that it does', () => {
  test('300 random edits in all fields, the piece edited meanwhile', () => {
    const first = runSeed();
    for (let seed = first; seed < first + 300; seed++) {
      const random = seeded(seed);
      const piece = somePiece();
      const update = written(piece, 3, (doc) => edit(doc, random, 1 + random.int(6)));
      const later = copyOf(piece, 2);
      edit(later, random, random.int(4));
      Y.applyUpdate(piece, Y.encodeStateAsUpdate(later));
      const before = readAll(piece);
      const { effect } = plan(piece, update);
      const about = `SEED=${seed}`;
      expect(effect, about).not.toBeNull();
      Y.applyUpdate(piece, effect!.update);
      const after = readAll(piece);
      const { title, standfirst, lines, footnotes, meta } = effect!.changes;
      expect({ title, standfirst, lines, footnotes }, about).toEqual(
        differences(before.model, after.model),
      );
      const metaAfter = { ...before.meta };
      for (const { name, change, after: value } of meta) {
        if (change === 'removed') delete metaAfter[name];
        else metaAfter[name] = value;
      }
      expect(metaAfter, about).toEqual(after.meta);
      expect(piece.store.pendingStructs, about).toBeNull();
      expect(piece.store.pendingDs, about).toBeNull();
    }
  });

  test('marks that format nothing do not come along, and show on nothing that comes later', () => {
    const piece = somePiece();
    const update = written(piece, 3, (doc) => {
      const text = body(doc);
      // A link around words that its own author takes away again, at the end and between words.
      for (const at of [text.length, 5]) {
        text.insert(at, 'gone', { link: 'https://evil.example/' });
        text.delete(at, 4);
      }
      text.insert(0, 'x');
    });
    const { effect } = plan(piece, update);
    Y.applyUpdate(piece, effect!.update);
    const marks = [...piece.store.clients.get(3)!].filter(
      (item) => item instanceof Y.Item && !item.deleted && item.content instanceof Y.ContentFormat,
    );
    expect(marks).toEqual([]);
  });

  const unseen: Record<string, (doc: Y.Doc) => void> = {
    'another root': (doc) => doc.getMap('settings').set('a', 1),
    'a text of its own': (doc) => doc.getText('notes').insert(0, 'unseen'),
    'an attribute of a text': (doc) => body(doc).setAttribute('lang', 'de'),
    'a map in the text': (doc) => body(doc).insertEmbed(0, new Y.Map() as object),
    'a note that is no text': (doc) => doc.getMap('footnotes').set('n1', new Y.Map()),
    'a note that is a number': (doc) => doc.getMap('footnotes').set('n1', 7),
    'a list among the plain values': (doc) => doc.getMap('meta').set('tags', new Y.Array()),
    'a value that no reader shows': (doc) => doc.getMap('meta').set('size', 2n),
    'a title among the plain values': (doc) => doc.getMap('meta').set('title', 'Another'),
    'a document in the document': (doc) => doc.getMap('meta').set('more', new Y.Doc()),
  };
  test.each(Object.entries(unseen))('what cannot be shown cannot be applied: %s', (_, change) => {
    const piece = somePiece();
    const update = written(piece, 3, (doc) => {
      body(doc).insert(0, 'x');
      change(doc);
    });
    expect(plan(piece, update)).toMatchObject({ blocked: 'unusable', effect: null });
  });

  test('what others wrote since, and it would format or delete, is shown, or it waits', () => {
    const piece = somePiece();
    const update = written(piece, 3, (doc) => body(doc).format(0, 14, { bold: true }));
    const first = plan(piece, update);
    body(piece).insert(5, 'NEW');
    const second = plan(piece, update);
    expect(second.shown).not.toBe(first.shown);
    expect(JSON.stringify(second.effect?.changes.lines)).toContain('NEW');
    // Deletes letters that nobody has written yet.
    const ahead = copyOf(piece, 2);
    const before = Y.encodeStateVector(ahead);
    body(ahead).insert(0, 'later ');
    const sent = Y.encodeStateAsUpdate(ahead, before);
    const early = Y.encodeStateVector(ahead);
    body(ahead).delete(0, 6);
    const deleting = Y.encodeStateAsUpdate(ahead, early);
    expect(plan(piece, deleting)).toMatchObject({ blocked: 'incomplete' });
    Y.applyUpdate(piece, sent);
    expect(JSON.stringify(plan(piece, deleting).effect?.changes.lines)).toContain('later ');
  });

  test('writing elsewhere does not change what was shown; more words, or in the same line, do', () => {
    const piece = somePiece();
    const doc = copyOf(piece, 3);
    const from = Y.encodeStateVector(doc);
    body(doc).insert(3, ' and a half');
    const update = Y.encodeStateAsUpdate(doc, from);
    const { shown } = plan(piece, update);
    body(piece).insert(body(piece).length - 2, ' and ten');
    expect(plan(piece, update).shown).toBe(shown);
    body(doc).insert(3, '!');
    expect(plan(piece, Y.encodeStateAsUpdate(doc, from)).shown).not.toBe(shown);
    body(piece).insert(1, 'h');
    expect(plan(piece, update).shown).not.toBe(shown);
  });
});

describe('A2 a refused edit is in the name of whoever sent it', () => {
  /** By clientID, the letters that stand. */
  function standing(doc: Y.Doc): Map<number, string> {
    const found = new Map<number, string>();
    for (let item = body(doc)._start; item !== null; item = item.right) {
      if (item.deleted || !(item.content instanceof Y.ContentString)) continue;
      found.set(item.id.client, (found.get(item.id.client) ?? '') + item.content.str);
    }
    return found;
  }

  test('words under another’s clientID, or one that another speaks with, get one of their own', () => {
    for (const [clientID, spoken] of [
      [2, []],
      [1, []],
      [9, [9]],
    ] as const) {
      const piece = somePiece();
      Y.applyUpdate(
        piece,
        written(piece, 2, (doc) => body(doc).insert(0, 'Ann. ')),
      );
      const update = written(piece, clientID, (doc) => body(doc).insert(4, ' I resign.'));
      const { effect } = plan(piece, update, { author: 'bob', spoken: [...spoken] });
      const [bound] = effect!.bound;
      expect(effect!.bound).toEqual([{ clientId: bound!.clientId, userId: 'bob' }]);
      expect(owners.has(bound!.clientId)).toBe(false);
      Y.applyUpdate(piece, effect!.update);
      expect(body(piece).toJSON()).toContain('Ann. I resign.');
      expect(standing(piece).get(bound!.clientId)).toBe(' I resign.');
      // Whose the clientID is goes on writing with it.
      Y.applyUpdate(
        piece,
        written(somePiece(), 5, (doc) => body(doc).insert(0, 'on ')),
      );
      expect(piece.store.pendingStructs).toBeNull();
    }
  });

  test('a clientID that nobody has is theirs only where it was their own', () => {
    const piece = somePiece();
    const update = written(piece, 9, (doc) => body(doc).insert(0, 'x'));
    const bound = (reason: RefusalReason) => plan(piece, update, { reason }).effect!.bound;
    expect(bound('may_not_edit')).toEqual([{ clientId: 9, userId: 'rae' }]);
    expect(bound('not_your_client_id')[0]!.clientId).not.toBe(9);
  });

  test('words under ids that have other words by now are not lost, and stand beside them', () => {
    const piece = somePiece();
    const update = written(piece, 2, (doc) => body(doc).insert(0, 'forged '));
    Y.applyUpdate(
      piece,
      written(piece, 2, (doc) => body(doc).insert(0, 'Ann’s own ')),
    );
    for (const author of ['bob', 'ann']) {
      const { effect } = plan(piece, update, { author });
      const doc = copyOf(piece, 7);
      Y.applyUpdate(doc, effect!.update);
      expect(standing(doc).get(2)).toBe('Ann’s own ');
      expect(standing(doc).get(effect!.bound[0]!.clientId)).toBe('forged ');
    }
  });

  test('sent again, with more, only what is new goes in', () => {
    const piece = somePiece();
    const forger = copyOf(piece, 2);
    const from = Y.encodeStateVector(forger);
    body(forger).insert(0, 'one ');
    const first = plan(piece, Y.encodeStateAsUpdate(forger, from), { author: 'bob' }).effect!;
    Y.applyUpdate(piece, first.update);
    body(forger).insert(4, 'two ');
    const again = { author: 'bob', renamed: first.renamings };
    const second = plan(piece, Y.encodeStateAsUpdate(forger, from), again).effect!;
    Y.applyUpdate(piece, second.update);
    expect(body(piece).toJSON().startsWith('one two One')).toBe(true);
    expect(second.renamings).toEqual(first.renamings);
  });

  test('random edits under random clientIDs: nobody else has a letter more, or one less than shown', () => {
    const first = runSeed();
    for (let seed = first; seed < first + 200; seed++) {
      const random = seeded(seed);
      const piece = somePiece();
      Y.applyUpdate(
        piece,
        written(piece, 2, (doc) => edit(doc, random, 3)),
      );
      const doc = copyOf(piece, 3);
      const from = Y.encodeStateVector(doc);
      for (let i = 0; i < 5; i++) {
        doc.clientID = random.pick([1, 2, 3, 8]);
        edit(doc, random, 1);
      }
      const update = Y.encodeStateAsUpdate(doc, from);
      const reason = random.pick(['may_not_edit', 'not_your_client_id'] as const);
      const before = standing(piece);
      const { effect, blocked } = plan(piece, update, { reason, spoken: [8] });
      expect(blocked, `SEED=${seed}`).toBeNull();
      const mine = new Set(effect!.bound.map(({ clientId }) => clientId)).add(3);
      Y.applyUpdate(piece, effect!.update);
      expect(piece.store.pendingStructs, `SEED=${seed}`).toBeNull();
      for (const [client, letters] of standing(piece)) {
        if (mine.has(client)) continue;
        const had = [...(before.get(client) ?? '')];
        for (const letter of letters) {
          const at = had.indexOf(letter);
          expect(at, `SEED=${seed}: ${letter} is ${client}’s`).toBeGreaterThanOrEqual(0);
          had.splice(at, 1);
        }
      }
    }
  });
});
