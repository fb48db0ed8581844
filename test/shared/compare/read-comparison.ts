import type { Comparison, TextPart } from '../../../shared/document/compare/index.ts';
import {
  headOf,
  normalDelta,
  type DeltaOp,
  type DocumentModel,
} from '../../../shared/document/index.ts';

type Side = 'before' | 'after';

/** One of the two documents that a comparison is of, as it tells of it. */
export function readSide(comparison: Comparison, side: Side): DocumentModel {
  const there = comparison.footnotes.filter(
    ({ change }) => change !== (side === 'before' ? 'added' : 'removed'),
  );
  return {
    ...headOf({
      title: deltaOf(comparison.title, side),
      standfirst: deltaOf(comparison.standfirst, side),
    }),
    body: bodyOf(comparison, side),
    footnotes: Object.fromEntries(there.map(({ id, parts }) => [id, deltaOf(parts, side)])),
    ...metaOf(comparison, side),
  };
}

function metaOf({ meta }: Comparison, side: Side): Pick<DocumentModel, 'meta'> {
  const fields = meta
    .filter(({ change }) => change !== (side === 'before' ? 'added' : 'removed'))
    .map((field) => [field.name, field[side]] as const);
  return fields.length === 0 ? {} : { meta: Object.fromEntries(fields) };
}

function bodyOf({ lines }: Comparison, side: Side): DeltaOp[] {
  const body = lines
    .filter((line) => line[side] !== null)
    .sort((a, b) => a[side]! - b[side]!)
    .flatMap(({ parts, block }) => {
      const { ended = true, attributes = {} } = block[side]!;
      return [...deltaOf(parts, side), ...(ended ? [{ insert: '\n', attributes }] : [])];
    });
  return normalDelta(body);
}

function deltaOf(parts: readonly TextPart[], side: Side): DeltaOp[] {
  const other = side === 'before' ? 'added' : 'removed';
  return normalDelta(
    parts
      .filter(({ change }) => change !== other)
      .map(({ text, embed, attributes, formats = [] }) => {
        const was = Object.fromEntries(formats.map(({ attribute, before }) => [attribute, before]));
        const looks = side === 'before' ? { ...attributes, ...was } : attributes;
        return { insert: embed ?? text, attributes: looks };
      }),
  );
}
