import { createHash } from 'node:crypto';
import type { RefusedBlock, RefusedChanges } from '../../../shared/api/refused.ts';
import { lastSeq } from '../../collab/rooms/hydrate.ts';
import type { Bound, StoredPiece } from '../../collab/ports.ts';
import type { Queryable } from '../../db/connect.ts';
import { createPieceStore } from '../../store/piece-store.ts';
import { fromStored, toStored, type StoredRenamings } from './names.ts';
import { planRefused, type Ground, type KeptEdit } from './plan.ts';

/** What is told of a refused edit. */
export interface RefusedLook {
  /** Null: it was not looked at. */
  readonly shown: string | null;
  readonly changes: RefusedChanges | null;
  readonly blocked: RefusedBlock | null;
}

export interface RefusedAsk {
  readonly pieceId: string;
  readonly id: string;
  /** ClientIDs that somebody's cursor goes by, with whom that is. */
  readonly spoken: readonly Bound[];
}

export interface RefusedPlan extends RefusedLook {
  /** The journal row up to which the piece was read. */
  readonly seq: number;
  /** What is to be applied; null where it is blocked. */
  readonly apply: {
    readonly update: Uint8Array;
    readonly bound: readonly Bound[];
    readonly renamed: StoredRenamings;
    /** The SHA-256 of the edit as it is kept. */
    readonly bytes: Uint8Array;
    /** Whether the piece has all of it already. */
    readonly isThere: boolean;
  } | null;
}

/**
 * For how long edits of one page are looked at, in ms. Each takes as long as the piece takes to be put
 * together and read twice; past this, what is left says that it was too much.
 */
const mostMs = 3_000;

/** What some refused edits of a piece would do now. */
export async function lookAtRefused(
  sql: Queryable,
  pieceId: string,
  ids: readonly string[],
): Promise<(RefusedLook | null)[]> {
  const stored = await createPieceStore(sql).load(pieceId);
  if (stored === null) return ids.map(() => null);
  const ground = groundOf(stored);
  const until = performance.now() + mostMs;
  const looks: (RefusedLook | null)[] = [];
  for (const id of ids) {
    if (performance.now() > until) {
      looks.push({ shown: null, changes: null, blocked: 'too_much' });
      continue;
    }
    const kept = await readKept(sql, pieceId, id);
    looks.push(kept === null ? null : lookOf(planRefused(ground, kept)));
  }
  return looks;
}

/** The same of one, with the update that does it. */
export async function planStored(
  sql: Queryable,
  { pieceId, id, spoken }: RefusedAsk,
): Promise<RefusedPlan | null> {
  const [stored, kept] = [
    await createPieceStore(sql).load(pieceId),
    await readKept(sql, pieceId, id),
  ];
  if (stored === null || kept === null) return null;
  const others = spoken.filter(({ userId }) => userId !== kept.author);
  const plan = planRefused(groundOf(stored, others), kept);
  const { effect } = plan;
  return {
    ...lookOf(plan),
    seq: lastSeq(stored),
    apply:
      effect === null
        ? null
        : {
            ...{ update: effect.update, bound: effect.bound },
            renamed: toStored(effect.renamings),
            bytes: createHash('sha256').update(kept.update).digest(),
            isThere: effect.isThere,
          },
  };
}

function lookOf({ shown, blocked, effect }: ReturnType<typeof planRefused>): RefusedLook {
  return { shown, blocked, changes: effect?.changes ?? null };
}

function groundOf(
  { snapshot, tail, clientIds }: StoredPiece,
  spoken: readonly Bound[] = [],
): Ground {
  return {
    state: [...(snapshot === null ? [] : [snapshot.state]), ...tail.map(({ update }) => update)],
    clientIds,
    spoken: new Set(spoken.map(({ clientId }) => clientId)),
  };
}

async function readKept(sql: Queryable, pieceId: string, id: string): Promise<KeptEdit | null> {
  const [row] = await sql<(Omit<KeptEdit, 'renamed'> & { readonly renamed: StoredRenamings })[]>`
    select id, author, reason, update, renamed from refused_edits
    where id = ${id} and piece_id = ${pieceId} and dismissed_at is null`;
  return row === undefined ? null : { ...row, renamed: fromStored(row.renamed) };
}
