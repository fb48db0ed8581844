import type { PastQuery } from '../../shared/api/versions.ts';
import {
  comparisonHtml,
  summariseChanges,
  type Comparison,
} from '../../shared/document/compare/index.ts';
import { documentHtml } from '../../shared/document/render/html.ts';
import { rawHtml } from '../export/raw-html.ts';
import type { DocumentModel } from '../../shared/document/index.ts';
import { exportMarkdown } from '../../shared/markdown/index.ts';
import type { Sql } from '../db/connect.ts';
import { attributionOf, changesBetween, stateAt } from '../history/questions.ts';
import { planRestore } from '../history/restore.ts';
import { lookAtRefused, planStored } from '../refused/effect/look.ts';
import { namesOf } from '../versions/names.ts';
import type { HistoryTasks, PerformsOfPieces } from './tasks.ts';
import { written, writtenJson } from './written.ts';

const iso = (ms: number) => new Date(ms).toISOString();

/** What is read off the journals of pieces; answers that grow with them are written out here. */
export function ofPieces(sql: Sql): Omit<PerformsOfPieces, HistoryTasks> {
  return {
    at: async ({ pieceId, until, as }) => {
      const { seq, at, model } = await stateAt(sql, pieceId, until);
      return { seq, at, title: model.title, text: as === null ? null : textOf(model, as) };
    },
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
    refusedLooks: async ({ pieceId, ids }) => {
      const looks = await lookAtRefused(sql, pieceId, ids);
      return looks.map((look) => look && withWrittenChanges(look));
    },
    refusedPlan: async (ask) => {
      const plan = await planStored(sql, ask);
      return plan && withWrittenChanges(plan);
    },
  };
}

function textOf(model: DocumentModel, { format, profile, frontMatter }: PastQuery): Uint8Array {
  if (format === 'json') return writtenJson(model);
  if (format === 'html') return written(documentHtml(model, rawHtml));
  return written(exportMarkdown(model, { profile, frontMatter }));
}

function diffAs(changes: Comparison, as: 'json' | 'html'): Uint8Array {
  return as === 'json' ? writtenJson(changes) : written(comparisonHtml(changes));
}

function withWrittenChanges<Look extends { readonly changes: unknown }>(look: Look) {
  const { changes } = look;
  return { ...look, changes: changes === null ? null : writtenJson(changes) };
}
