import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as Y from 'yjs';
import type { Sql } from '../../../server/db/connect.ts';
import { createJournalStore } from '../../../server/store/journal-store.ts';
import { makePiece } from '../../support/pieces.ts';
import { silentLog } from '../../support/silent-log.ts';
import { makeTrace, loadTrace, planReplay } from '../../durability/trace.ts';
import type { Random } from '../../support/random.ts';

/** As the history's own thread connects: reading a long piece takes as long as it takes. */
export const historyConnection = { log: silentLog, name: 'test', statementTimeout: 0 };

/** A keystroke, by whom and when, and what the text is after it. */
export interface Keystroke {
  readonly author: number;
  readonly update: Uint8Array;
}

const folder =
  process.env.TRACES_DIR || path.resolve(import.meta.dirname, '../../../../shared/traces');

/**
 * One author's whole post, 137,154 keystrokes; where it is not at hand, a made-up one of 20,000.
 * `most`: only the first so many.
 */
export function onePost(
  random: Random,
  most = Number.POSITIVE_INFINITY,
): { keystrokes: Keystroke[]; endContent: string } {
  const file = path.join(folder, 'seph-blog1.json.gz');
  if (!existsSync(file)) {
    const trace = makeTrace(random, Math.min(most, 20_000), 1);
    return { keystrokes: inOrder(trace), endContent: trace.endContent };
  }
  const { txns, endContent } = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as {
    txns: { patches: [number, number, string][] }[];
    endContent: string;
  };
  const doc = new Y.Doc();
  const keystrokes: Keystroke[] = [];
  doc.on('update', (update: Uint8Array) => keystrokes.push({ author: 0, update }));
  const body = doc.getText('body');
  for (const { patches } of txns) {
    if (keystrokes.length >= most) break;
    doc.transact(() => {
      // Patches as they are: this recording is plain ASCII, so its code points are UTF-16 units.
      for (const [at, deleted, inserted] of patches) {
        if (deleted > 0) body.delete(at, deleted);
        if (inserted !== '') body.insert(at, inserted);
      }
    });
  }
  return { keystrokes, endContent: keystrokes.length < most ? endContent : body.toJSON() };
}

/** Two people's session, as one journal would have it; `most`: only the first so many keystrokes. */
export async function twoPeople(
  random: Random,
  most = Number.POSITIVE_INFINITY,
): Promise<{ keystrokes: Keystroke[]; endContent: string }> {
  const trace = await loadTrace(random);
  if (trace.txns.length <= most) {
    return { keystrokes: inOrder(trace), endContent: trace.endContent };
  }
  // What is built on comes before it, so the first steps make a session of their own.
  const keystrokes = inOrder({ ...trace, txns: trace.txns.slice(0, most) });
  const doc = new Y.Doc();
  doc.transact(() => keystrokes.forEach(({ update }) => Y.applyUpdate(doc, update)));
  return { keystrokes, endContent: doc.getText('body').toJSON() };
}

/** The agents' steps, each as soon as what it builds on is there. Agent n writes as client n + 1. */
function inOrder(trace: Parameters<typeof planReplay>[0]): Keystroke[] {
  const plans = planReplay(trace);
  const next = plans.map(() => 0);
  const doc = new Y.Doc();
  const keystrokes: Keystroke[] = [];
  for (let moved = true; moved;) {
    moved = false;
    for (const [author, plan] of plans.entries()) {
      // A few at a time, so that the two take turns.
      for (let i = 0; i < 5; i++) {
        const step = plan[next[author]!];
        const ready = step?.needs.every(([id, clock]) => Y.getState(doc.store, id) >= clock);
        if (step === undefined || ready !== true) break;
        Y.applyUpdate(doc, step.update);
        keystrokes.push({ author, update: step.update });
        next[author]!++;
        moved = true;
      }
    }
  }
  return keystrokes;
}

/** A piece with a recorded history in its journal, one row for each keystroke. */
export interface Recorded {
  readonly pieceId: string;
  /** When each keystroke was made, ms since 1970; the first content came before all. */
  readonly times: readonly number[];
  readonly authors: readonly string[];
}

const start = Date.parse('2025-03-03T09:00:00Z');

/** Stores keystrokes as the server would have, with pauses between them as people make them. */
export async function record(
  sql: Sql,
  url: string,
  keystrokes: readonly Keystroke[],
  authors: readonly string[],
  random: Random,
): Promise<Recorded> {
  const pieceId = await makePiece(sql);
  await sql`update journal set at = ${new Date(start - 60_000)} where piece_id = ${pieceId}`;
  const journal = createJournalStore(url, { log: silentLog });
  const times: number[] = [];
  let at = start;
  const bound = new Set<number>();
  for (let from = 0; from < keystrokes.length; from += 2_000) {
    const entries = keystrokes.slice(from, from + 2_000).map(({ author, update }) => {
      at += 40 + random.int(300) + (random.int(500) === 0 ? 20 * 60_000 : 0);
      times.push(at);
      const userId = authors[author]!;
      const fresh = bound.has(author) ? [] : [...Y.parseUpdateMeta(update).to.keys()];
      bound.add(author);
      return {
        ...{ pieceId, author: userId, at: new Date(at), update },
        bound: fresh.map((clientId) => ({ clientId, userId })),
      };
    });
    await journal.append(entries);
  }
  await journal.close();
  return { pieceId, times, authors };
}
