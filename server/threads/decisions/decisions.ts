import { randomInt } from 'node:crypto';
import { record } from '../../audit/store.ts';
import { PieceFull, PieceLocked, type Documents } from '../../collab/engine.ts';
import type { Sql } from '../../db/connect.ts';
import { Problem } from '../../errors.ts';
import type { Workers } from '../../workers/pool.ts';
import type { Acceptance } from './accept-into.ts';
import type { AnchorCheck } from '../anchors/anchor-check.ts';
import {
  claim,
  finishAccepting,
  isCommitted,
  isStale,
  releaseClaim,
  unaccept,
  type Claim,
} from './claim-store.ts';
import { passageNow } from './passage-now.ts';
import {
  anchorsOf,
  changeStatus,
  findThread,
  lockThreads,
  saveAnchors,
  type StatusChange,
  type ThreadRow,
} from '../thread-store.ts';

export interface DecisionDeps {
  readonly sql: Sql;
  readonly documents: Documents;
  readonly workers: Pick<Workers, 'ask'>;
  readonly check: AnchorCheck;
}

/** How often an acceptance is planned again where its passage is edited meanwhile. */
const mostPlans = 5;

/**
 * What becomes of threads. Each is decided by one person: the row is changed only where it is still
 * open, and of two at once the second is told `already_decided`.
 *
 * Accepting changes the text and the row, which no one transaction can hold. So: (1) the row is
 * claimed with a new clientID; (2) the text is edited with it, and the commit that holds the edit binds
 * it in `client_ids`; (3) the row becomes accepted. A server that is killed before (2) is committed
 * leaves an open suggestion, after it an accepted one: whoever looks at a claim that nobody works on
 * finds out by `client_ids`. Never is it applied twice.
 */
export class Decisions {
  readonly #deps: DecisionDeps;
  /** Suggestions that are being accepted by this server. */
  readonly #working = new Map<string, Promise<void>>();

  constructor(deps: DecisionDeps) {
    this.#deps = deps;
  }

  /** False: it was resolved already. */
  async resolve(row: ThreadRow, by: string): Promise<boolean> {
    if (row.kind === 'suggestion') {
      throw new Problem('wrong_kind', 'A suggestion is accepted or rejected, not resolved.');
    }
    return this.#change(row, { from: ['open'], to: 'resolved', by }, by, 'thread.resolved');
  }

  /** False: it was open already. */
  async reopen(row: ThreadRow, by: string): Promise<boolean> {
    if (row.status === 'accepted') return this.#takeBack(row, by);
    const change = { from: ['resolved', 'rejected'], to: 'open', by: null } as const;
    return this.#change(row, change, by, 'thread.reopened');
  }

  /** Keeps the record of a suggestion, and the text as it is. */
  async reject(row: ThreadRow, by: string): Promise<void> {
    requireSuggestion(row);
    await this.#working.get(row.id);
    const change = { from: ['open'], to: 'rejected', by } as const;
    if (await this.#change(row, change, by, 'suggestion.rejected')) return;
    throw decided();
  }

  /**
   * Puts a suggestion into the text as the decider's edit, in its proposer's words. Throws
   * `passage_changed` where it no longer fits.
   */
  async accept(row: ThreadRow, by: string): Promise<void> {
    requireSuggestion(row);
    // The second of two waits for what becomes of the first.
    for (let other = this.#working.get(row.id); other; other = this.#working.get(row.id)) {
      await other;
    }
    const work = this.#accept(row.id, by);
    const done = work.then(
      () => undefined,
      () => undefined,
    );
    this.#working.set(row.id, done);
    try {
      await work;
    } finally {
      this.#working.delete(row.id);
    }
  }

  /** Ends what a server that was killed has begun. @returns the ids of the threads it was about. */
  async recover(rows: readonly ThreadRow[]): Promise<string[]> {
    const left = rows.filter(
      ({ id, status, creditClient }) =>
        status === 'open' && creditClient !== null && !this.#working.has(id),
    );
    for (const row of left) await this.#recover(row);
    return left.map(({ id }) => id);
  }

  async #accept(id: string, by: string): Promise<void> {
    const { sql, documents, check } = this.#deps;
    const row = await this.#unclaimed(id);
    const clientId = randomInt(1, 2 ** 32);
    if (row.status !== 'open' || !(await claim(sql, { id, by, clientId }))) throw decided();
    const outcome: { is: Acceptance | null } = { is: null };
    try {
      for (let left = mostPlans; outcome.is === null; left--) {
        const { acceptance, update, passage } = await this.#plan(row, by, clientId);
        if (update === null || 'passage' in acceptance) {
          outcome.is = acceptance;
          break;
        }
        const credit = { clientId, userId: row.author.id };
        await documents.merge(row.pieceId, by, credit, {
          update,
          still: (doc) => {
            // Somebody may have edited it while this was made: merged, theirs would be lost in it.
            const now =
              passage === null || row.original === '' ? row.original : passageNow(doc, passage);
            const isSame = now === row.original;
            outcome.is = isSame ? acceptance : left === 1 ? { passage: now ?? '' } : null;
            return isSame;
          },
        });
      }
    } catch (err) {
      // Then nothing of it was put in.
      if (err instanceof PieceLocked || err instanceof PieceFull) outcome.is = null;
      throw err;
    } finally {
      // Not applied, for whatever reason. What was applied stays claimed until it is known to be kept.
      if (outcome.is === null || 'passage' in outcome.is) await releaseClaim(sql, { id, clientId });
    }
    const result = outcome.is;
    if (result === null) throw new Error('An accepted suggestion was never looked at');
    if ('passage' in result) {
      const detail =
        'The passage no longer reads as it did when this was suggested. Edit it, or suggest anew.';
      throw new Problem('passage_changed', detail, { passage: result.passage });
    }
    await this.#finish({ id, by, clientId }, row, result);
    check.announce(row.pieceId, result.moved);
  }

  /** The edit that puts a suggestion in, made on a copy of the piece as it is. */
  async #plan(row: ThreadRow, by: string, clientId: number) {
    const { sql, documents, workers, check } = this.#deps;
    const sought = check.sought(row.pieceId, await anchorsOf(sql, row.pieceId));
    const state = await documents.state(row.pieceId, by);
    return workers.ask(by, 'accept', { state, row, sought, clientId });
  }

  async #finish(claim: Claim, row: ThreadRow, { changes }: Pick<Accepted, 'changes'>) {
    await this.#deps.sql.begin(async (tx) => {
      await lockThreads(tx, [claim.id, ...changes.map(({ id }) => id)]);
      if (!(await finishAccepting(tx, claim))) return;
      await saveAnchors(tx, changes);
      const data = { threadId: row.id, proposerId: row.author.id, clientId: claim.clientId };
      await record(tx, {
        ...{ pieceId: row.pieceId, actor: claim.by, kind: 'suggestion.accepted', data },
      });
    });
  }

  /** Opens an accepted suggestion again, once the text is as it was before: somebody has undone it. */
  async #takeBack(row: ThreadRow, by: string): Promise<boolean> {
    const { sql, documents, workers, check } = this.#deps;
    const state = await documents.state(row.pieceId, by);
    const sought = check.sought(row.pieceId, [row]);
    const undone = await workers.ask(by, 'takenBack', { state, row, sought });
    if (undone === null) {
      throw new Problem('already_decided', 'It has been accepted, and the text says so.');
    }
    return sql.begin(async (tx) => {
      await lockThreads(tx, [row.id]);
      if (!(await unaccept(tx, row.id))) return false;
      await saveAnchors(tx, [undone.change]);
      const data = { threadId: row.id };
      await record(tx, { ...{ pieceId: row.pieceId, actor: by, kind: 'thread.reopened', data } });
      return true;
    });
  }

  /** The thread, when it is known what became of an earlier try. */
  async #unclaimed(id: string): Promise<ThreadRow> {
    const row = await findThread(this.#deps.sql, id);
    if (row !== undefined && row.status === 'open' && row.creditClient !== null) {
      await this.#recover(row);
    }
    const now = await findThread(this.#deps.sql, id);
    if (now === undefined) throw new Problem('no_such_thread', 'There is no such thread.');
    return now;
  }

  async #recover(row: ThreadRow): Promise<void> {
    const { sql } = this.#deps;
    if (row.creditClient === null) return;
    const claim = { id: row.id, by: row.decider?.id ?? '', clientId: row.creditClient };
    if (await isCommitted(sql, row.pieceId, claim.clientId)) {
      await this.#finish(claim, row, { changes: [] });
    } else if (await isStale(sql, claim.id)) await releaseClaim(sql, claim);
  }

  async #change(
    row: ThreadRow,
    change: StatusChange,
    actor: string,
    kind: string,
  ): Promise<boolean> {
    return this.#deps.sql.begin(async (tx) => {
      if (!(await changeStatus(tx, row.id, change))) return false;
      await record(tx, { pieceId: row.pieceId, actor, kind, data: { threadId: row.id } });
      return true;
    });
  }
}

type Accepted = Exclude<Acceptance, { readonly passage: string }>;

function requireSuggestion(row: ThreadRow): void {
  if (row.kind === 'suggestion') return;
  throw new Problem('wrong_kind', 'It is a comment, which is resolved: it suggests nothing.');
}

function decided(): Problem {
  return new Problem(
    'already_decided',
    'Somebody has decided, or is deciding, on this suggestion.',
  );
}
