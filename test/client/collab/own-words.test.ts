import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { wordsBeyond } from '../../../client/collab/own-words.ts';

function docOf(text: string, clientId = 1): Y.Doc {
  const doc = new Y.Doc();
  doc.clientID = clientId;
  doc.getText('body').insert(0, text);
  return doc;
}

/** A replica that writes under a clientID of its own. */
function replicaOf(doc: Y.Doc, clientId: number): Y.Doc {
  const replica = new Y.Doc();
  replica.clientID = clientId;
  Y.applyUpdate(replica, Y.encodeStateAsUpdate(doc));
  return replica;
}

const none = new Map<number, number>();

describe('The words that only this device has', () => {
  test('are one’s own, from the first letter that is not saved, and nobody else’s', () => {
    const doc = replicaOf(docOf('Ana wrote this. '), 2);
    const body = doc.getText('body');
    body.insert(body.length, 'Saved. ');
    const saved = new Map([[2, Y.getState(doc.store, 2)]]);
    body.insert(body.length, 'Not saved.');
    expect(wordsBeyond(doc, new Set([2]), saved)).toBe('Not saved.');
    expect(wordsBeyond(doc, new Set([2]), none)).toBe('Saved. Not saved.');
    expect(wordsBeyond(doc, new Set(), none)).toBe('');
  });

  test('stand in paragraphs of their own where others’ words are between them', () => {
    const doc = replicaOf(docOf('The middle'), 2);
    const body = doc.getText('body');
    body.insert(0, 'Before. ');
    body.insert(body.length, ' After.');
    expect(wordsBeyond(doc, new Set([2]), none)).toBe('Before.\n\nAfter.');
  });

  test('are those of earlier pages too, and of title, standfirst and notes', () => {
    const doc = replicaOf(docOf('Earlier.', 7), 2);
    doc.getText('title').insert(0, 'A title');
    doc.getText('standfirst').insert(0, 'A standfirst');
    doc.getMap('footnotes').set('a', new Y.Text('A note.'));
    expect(wordsBeyond(doc, new Set([2, 7]), none)).toBe(
      ['A title', 'A standfirst', 'Earlier.', 'A note.'].join('\n\n'),
    );
  });

  test('leave out what was deleted, and are none where only formats are not saved', () => {
    const doc = docOf('One two three');
    const body = doc.getText('body');
    body.delete(3, 4);
    expect(wordsBeyond(doc, new Set([1]), none)).toBe('One three');
    const saved = new Map([[1, Y.getState(doc.store, 1)]]);
    body.format(0, 3, { bold: true });
    expect(wordsBeyond(doc, new Set([1]), saved)).toBe('');
  });
});
