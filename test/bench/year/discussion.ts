/**
 * The threads of that year: begun on words as they stand at the time, looked after as the server does, most
 * of them closed in the end. They hold on to passages that are rewritten, moved and thrown away.
 */
import { randomUUID } from 'node:crypto';
import type { Sql } from '../../../server/db/connect.ts';
import { lookAt } from '../../../server/threads/anchors/look.ts';
import { insertComment } from '../../../server/threads/comments/comment-store.ts';
import {
  anchorsOf,
  changeStatus,
  insertThread,
  saveAnchors,
} from '../../../server/threads/thread-store.ts';
import { anchorAt, FieldText, type StateVector } from '../../../shared/anchors/index.ts';
import { seeded } from '../../support/random.ts';
import type { Newsroom } from './newsroom.ts';

const [shortest, longest] = [12, 160];
/** How many are closed; and how many propose other words. */
const closedShare = 0.7;
const suggestedShare = 0.15;

export class Discussion {
  /** Threads that were begun. */
  begun = 0;
  readonly #pieceId: string;
  readonly #newsroom: Newsroom;
  readonly #random = seeded(40);
  /** How far the document had come when each passage was last seen. */
  #sightings: ReadonlyMap<string, StateVector> = new Map();

  constructor(pieceId: string, newsroom: Newsroom) {
    this.#pieceId = pieceId;
    this.#newsroom = newsroom;
  }

  /** So many more, on what stands there now, after it was looked where the others are. */
  async goOn(sql: Sql, count: number): Promise<void> {
    await this.#lookAfter(sql);
    const view = new FieldText(this.#newsroom.doc.getText('body'));
    for (let i = 0; i < count; i++) await this.#begin(sql, view);
    this.begun += count;
    await this.#lookAfter(sql);
  }

  /** How many have lost their passage, by what is stored. */
  async lost(sql: Sql): Promise<number> {
    const rows = await anchorsOf(sql, this.#pieceId);
    return rows.filter(({ orphaned }) => orphaned).length;
  }

  async #begin(sql: Sql, view: FieldText): Promise<void> {
    const [random, people] = [this.#random, this.#newsroom.people];
    const [id, createdBy] = [randomUUID(), random.pick(people)];
    const length = shortest + random.int(longest - shortest);
    const from = random.int(Math.max(1, view.text.length - length));
    const anchor = anchorAt(view, { from, to: Math.min(view.text.length, from + length) });
    const replacement = random.next() < suggestedShare ? 'in other words' : null;
    const of = { id, pieceId: this.#pieceId, createdBy, field: 'body' as const };
    await insertThread(sql, { ...of, anchor, replacement });
    for (const body of [
      'Where is this from? Please say.',
      'From the ministry; it is in the notes.',
    ]) {
      const author = random.pick(people);
      const comment = { pieceId: this.#pieceId, threadId: id, author, body, mentions: [] };
      await insertComment(sql, comment);
    }
    if (random.next() >= closedShare) return;
    const to = replacement === null ? 'resolved' : 'rejected';
    await changeStatus(sql, id, { from: ['open'], to, by: random.pick(people) });
  }

  /** As the server does after a text has changed (AnchorWatch). */
  async #lookAfter(sql: Sql): Promise<void> {
    const rows = await anchorsOf(sql, this.#pieceId);
    const { looks, seen } = lookAt(this.#newsroom.doc, { rows, sightings: this.#sightings });
    const changes = looks.flatMap(({ change }) => (change === null ? [] : [change]));
    await sql.begin((tx) => saveAnchors(tx, changes));
    this.#sightings = new Map(rows.map(({ id }) => [id, seen]));
  }
}
