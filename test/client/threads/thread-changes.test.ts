import { describe, expect, test } from 'vitest';
import { applyEvent, isIn, putThread } from '../../../client/api/thread-changes.ts';
import type { Comment, SharedThread, Thread } from '../../../shared/api/threads.ts';

const at = '2030-01-01T00:00:00.000Z';
const [ana, rev, zoe] = ['ana', 'rev', 'zoe'].map((id) => ({ id, name: id }));

function comment(id: string, author = rev!, more: Partial<Comment> = {}): Comment {
  return {
    ...{ id, threadId: 't', author, body: id, mentions: [], createdAt: at },
    ...{ editedAt: null, deletedAt: null, ...more },
  };
}

function shared(comments: Comment[], more: Partial<SharedThread> = {}): SharedThread {
  return {
    ...{ id: 't', pieceId: 'p', kind: 'comment', status: 'open', field: 'body' },
    quote: 'words',
    ...{ position: { from: 0, to: 5 }, anchor: { start: 'AA==', end: 'AA==' }, orphaned: false },
    ...{ suggestion: null, comments, createdBy: rev!.id, author: rev!, createdAt: at },
    ...{ updatedAt: at, decidedBy: null, decidedAt: null, ...more },
  };
}

const event = (thread: SharedThread | null) =>
  ({ type: 'thread', kind: 'commented', id: 't', by: rev!.id, thread }) as const;

describe('What events make of the list of threads', () => {
  test('comments of others are unread, one’s own are not; those deleted unread are no more', () => {
    let list: readonly Thread[] = [];
    const hear = (thread: SharedThread) => (list = applyEvent(list, event(thread), ana!.id)!);
    hear(shared([comment('1')]));
    expect(list[0]?.unread).toBe(1);
    hear(shared([comment('1'), comment('2', ana), comment('3')]));
    expect(list[0]?.unread).toBe(2);
    hear(shared([comment('1'), comment('2', ana), comment('3', rev, { body: 'changed' })]));
    expect(list[0]?.unread).toBe(2);
    hear(shared([comment('1', rev, { deletedAt: at }), comment('2', ana), comment('3')]));
    expect(list[0]?.unread).toBe(1);
  });

  test('an answer that comes behind its event changes nothing more', () => {
    const once = putThread([], shared([comment('1')]), ana!.id);
    expect(putThread(once, shared([comment('1')]), ana!.id)).toEqual(once);
  });

  test('passages that were lost or found are so in the list, and nothing else of them changes', () => {
    const list = putThread([], shared([comment('1')]), ana!.id);
    const lost = {
      ...{ id: 't', quote: 'words', position: null },
      ...{ field: 'body' as const, orphaned: true, anchor: null },
    } as const;
    const other = { ...lost, id: 'u' };
    const after = applyEvent(list, { type: 'thread-anchors', threads: [lost, other] }, ana!.id);
    expect(after).toEqual([{ ...list[0], ...lost }]);
  });

  test('what does not fit an event is asked for', () => {
    expect(applyEvent([], event(null), ana!.id)).toBe(null);
    expect(applyEvent([], { type: 'thread-anchors', threads: null }, ana!.id)).toBe(null);
  });

  test('"mine" are threads that one began, wrote in, or is mentioned in', () => {
    const mentions = comment('1', rev, { mentions: [zoe!] });
    const thread = { ...shared([mentions, comment('2', ana)]), unread: 0 };
    expect([ana, rev, zoe].map((person) => isIn('mine', thread, person!.id))).toEqual([
      ...[true, true, true],
    ]);
    expect(isIn('mine', thread, 'nobody')).toBe(false);
    const closed = { ...thread, status: 'rejected' } as const;
    expect([isIn('open', thread, 'x'), isIn('resolved', closed, 'x')]).toEqual([true, true]);
    expect([isIn('resolved', thread, 'x'), isIn('open', closed, 'x')]).toEqual([false, false]);
  });
});
