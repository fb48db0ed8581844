import type { PastQuery } from '../../shared/api/versions.ts';
import {
  comparisonHtml,
  summariseChanges,
  type Comparison,
} from '../../shared/document/compare/index.ts';
import { documentHtml } from '../../shared/document/render/html.ts';
import type { DocumentModel } from '../../shared/document/index.ts';
import { exportMarkdown } from '../../shared/markdown/index.ts';
import type { Sql } from '../db/connect.ts';
import { holds } from '../history/holds.ts';
import { packPiece } from '../history/packer.ts';
import { attributionOf, changesBetween, historyOf, stateAt } from '../history/questions.ts';
import { planRestore } from '../history/restore.ts';
import { lookAtRefused, planStored } from '../refused/effect/look.ts';
import { namesOf } from '../versions/names.ts';
import type { PerformsOfPieces } from './tasks.ts';
import { written, writtenJson } from './written.ts';

const iso = (ms: number) => new Date(ms).toISOString();

/** What is read off the journals of pieces; answers that grow with them are written out here. */
export function ofPieces(sql: Sql): PerformsOfPieces {
  return {
    at: async ({ pieceId, until, as }) => {
      const { seq, at, model } = await stateAt(sql, pieceId, until);
      return { seq, at, title: model.title, text: as === null ? null : textOf(model, as) };
    },
    history: ({ pieceId }) => writeHistory(sql, pieceId),
    attribution: async ({ pieceId, until }) => {
      const parts = await attributionOf(sql, pieceId, until);
      const people = await namesOf(
        sql,
        parts.map(({ userId }) => userId),
      );
      return writtenJson({
        items: parts.map((part) => ({ ...part, at: iso(part.at) })),
        nextCursor: null,
        people: [...people].map(([id, name]) => ({ id, name })),
      });
    },
    diff: async ({ pieceId, from, to, as }) => {
      const changes = await changesBetween(sql, pieceId, from, to);
      return changes && diffAs(changes, as);
    },
    restore: async (ask) => {
      const plan = await planRestore(sql, ask);
      if (plan === null) return null;
      const { update, changes } = plan;
      return { update, changes: writtenJson(changes), summary: summariseChanges(changes) };
    },
    holds: ({ pieceId, updates }) => holds(sql, pieceId, updates),
    refusedLooks: async ({ pieceId, ids }) => {
      const looks = await lookAtRefused(sql, pieceId, ids);
      return looks.map((look) => look && withWrittenChanges(look));
    },
    refusedPlan: async (ask) => {
      const plan = await planStored(sql, ask);
      return plan && withWrittenChanges(plan);
    },
    pack: ({ pieceId, unfilled }) => packPiece(sql, pieceId, { unfilled }),
  };
}

function textOf(model: DocumentModel, { format, profile, frontMatter }: PastQuery): Uint8Array {
  if (format === 'json') return writtenJson(model);
  if (format === 'html') return written(documentHtml(model));
  return written(exportMarkdown(model, { profile, frontMatter }));
}

function diffAs(changes: Comparison, as: 'json' | 'html'): Uint8Array {
  return as === 'json' ? writtenJson(changes) : written(comparisonHtml(changes));
}

async function writeHistory(sql: Sql, pieceId: string): Promise<Uint8Array> {
  const found = await historyOf(sql, pieceId);
  const names = await namesOf(
    sql,
    found.map(({ author }) => author),
  );
  const items = found.map(({ author, from, to, ...words }) => ({
    author: author === null ? null : { id: author, name: names.get(author) ?? '' },
    ...{ from: iso(from), to: iso(to), ...words },
  }));
  return writtenJson({ items, nextCursor: null });
}

function withWrittenChanges<Look extends { readonly changes: unknown }>(look: Look) {
  const { changes } = look;
  return { ...look, changes: changes === null ? null : writtenJson(changes) };
}
