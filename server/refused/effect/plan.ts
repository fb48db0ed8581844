import { createHash } from 'node:crypto';
import * as Y from 'yjs';
import type { RefusedBlock, RefusedChanges } from '../../../shared/api/refused.ts';
import {
  compareDocuments,
  isSame,
  type Comparison,
} from '../../../shared/document/compare/index.ts';
import { applyStored, newDocument, readDocument } from '../../../shared/document/index.ts';
import { BadFrame } from '../../../shared/protocol/messages.ts';
import { mergeUpdates } from '../../collab/merge.ts';
import { isNews } from '../../collab/permission.ts';
import type { Bound, ClientIds } from '../../collab/ports.ts';
import { isComplete, writeUpdate } from '../../collab/updates/update-parts.ts';
import { readUpdate } from '../../collab/updates/read-update.ts';
import { contradicts, WaitingStructs } from '../../collab/updates/same-words.ts';
import { standsNowhere } from '../../collab/updates/stands-nowhere.ts';
import { namesOf, type KeptAs, type Names } from './names.ts';
import { rename, type Renamings } from './rename.ts';
import { isShowable } from './showable.ts';

/** A refused edit as it is kept. */
export interface KeptEdit extends KeptAs {
  readonly update: Uint8Array;
}

/** A piece as it is now. */
export interface Ground {
  readonly state: readonly Uint8Array[];
  readonly clientIds: ClientIds;
  /** ClientIDs that another's cursor goes by. */
  readonly spoken: ReadonlySet<number>;
}

/** What an edit would do to a piece as it is now, and the update that does just that. */
export interface Effect {
  readonly changes: RefusedChanges;
  readonly update: Uint8Array;
  /** ClientIDs that become its author's with it. */
  readonly bound: readonly Bound[];
  readonly renamings: Renamings;
  /** Whether the piece has all of it already. */
  readonly isThere: boolean;
}

export type Plan = {
  /** Stands for the edit and all that it would do. */
  readonly shown: string;
} & (
  | { readonly blocked: null; readonly effect: Effect }
  | { readonly blocked: RefusedBlock; readonly effect: null }
);

/**
 * What a refused edit would do to a piece, all of it: found out by doing it to a copy. Dear: the piece
 * is put together and read twice. Runs on a thread of its own.
 */
export function planRefused(ground: Ground, kept: KeptEdit): Plan {
  const found = effectOn(ground, kept);
  const hash = createHash('sha256').update(kept.update);
  if (typeof found === 'string') {
    return { shown: hash.update(found).digest('base64url'), blocked: found, effect: null };
  }
  const shown = hash.update(JSON.stringify(whatItDoes(found.changes))).digest('base64url');
  return { shown, blocked: null, effect: found };
}

function effectOn({ state, clientIds, spoken }: Ground, kept: KeptEdit): Effect | RefusedBlock {
  const doc = newDocument();
  try {
    applyStored(doc, state);
    const names = namesOf(doc, readUpdate(kept.update), kept, { clientIds, spoken });
    const update = named(doc, kept.update, names);
    const read = readUpdate(update);
    if (standsNowhere(doc, read)) return 'unusable';
    if (!isComplete(doc, read) || contradicts(doc, read, new WaitingStructs())) return 'incomplete';
    if (!isShowable(doc, read)) return 'unusable';
    const before = readDocument(doc);
    const own = new Map(
      read.structs.map(({ id }) => [id.client, Y.getState(doc.store, id.client)]),
    );
    const isThere = !isNews(doc, read);
    const wasWaiting = waits(doc);
    Y.applyUpdate(doc, update);
    if (!wasWaiting && waits(doc)) return 'unusable';
    const loose = takeOffLooseMarks(doc, own);
    const changes = changesOf(compareDocuments(before, readDocument(doc)));
    const clients = [...names.own, ...[...names.renamings.values()].map(({ to }) => to)];
    return {
      changes,
      update: loose === null ? update : mergeUpdates([update, loose]),
      bound: clients.map((clientId) => ({ clientId, userId: kept.author })),
      renamings: names.renamings,
      isThere,
    };
  } catch (err) {
    if (err instanceof BadFrame) return 'unusable';
    throw err;
  } finally {
    doc.destroy();
  }
}

function named(doc: Y.Doc, update: Uint8Array, { renamings, left }: Names): Uint8Array {
  return renamings.size === 0 ? update : rename(doc, readUpdate(update), renamings, left);
}

const waits = ({ store }: Y.Doc) => store.pendingStructs !== null || store.pendingDs !== null;

/**
 * Takes out marks of an edit that format nothing, since nothing stands behind them: nobody was shown
 * them, and they would show once words come back there. Those between words Yjs takes out by itself.
 * `known`: how far the document had come before the edit. Null: there are none.
 */
function takeOffLooseMarks(doc: Y.Doc, known: ReadonlyMap<number, number>): Uint8Array | null {
  const loose = new Map<number, { clock: number; len: number }[]>();
  const texts = new Set<Y.Item['parent']>();
  for (const [client, from] of known) {
    for (const item of doc.store.clients.get(client) ?? []) {
      if (item.id.clock >= from && item instanceof Y.Item && isMark(item)) texts.add(item.parent);
    }
  }
  for (const text of texts) {
    for (const { id } of marksAtEnd(text as Y.Text)) {
      if (id.clock < (known.get(id.client) ?? Infinity)) continue;
      const ranges = loose.get(id.client) ?? [];
      ranges.push({ clock: id.clock, len: 1 });
      loose.set(id.client, ranges);
    }
  }
  if (loose.size === 0) return null;
  const update = writeUpdate(new Map(), loose);
  Y.applyUpdate(doc, update);
  return update;
}

function marksAtEnd(text: Y.Text): Y.Item[] {
  let marks: Y.Item[] = [];
  for (let item = text._start; item !== null; item = item.right) {
    if (isMark(item)) marks.push(item);
    else if (!item.deleted) marks = [];
  }
  return marks;
}

const isMark = (item: Y.Item) => !item.deleted && item.content instanceof Y.ContentFormat;

/** Without what stays the same: an answer would be as long as the piece. */
function changesOf(comparison: Comparison): RefusedChanges {
  const changed = <T extends { readonly change: string }>(all: readonly T[]) =>
    all.filter(({ change }) => change !== 'same');
  const { lines, footnotes, meta, ...rest } = comparison;
  return {
    ...rest,
    ...{ lines: changed(lines), footnotes: changed(footnotes), meta: changed(meta) },
  };
}

/** Without what shifts when somebody writes elsewhere. */
function whatItDoes({ title, standfirst, lines, footnotes, meta }: RefusedChanges): unknown {
  const stays = <T extends object>(one: T) => ({ ...one, before: undefined, after: undefined });
  const texts = [title, standfirst].map((parts) => (isSame(parts) ? null : parts));
  return [texts, lines.map(stays), footnotes.map(stays), meta];
}
