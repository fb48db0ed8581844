/** Edits that were refused, and are kept for an owner (R4). */
import { z } from 'zod';
import type { Comparison } from '../document/compare/index.ts';
import { refusalReasons } from '../protocol/events.ts';
import { id, pageOf, time } from './common.ts';
import { comparison } from './versions.ts';

/**
 * All that the edit would do to the piece as it is now. Lines, footnotes and fields beside the text
 * that it leaves as they are are left out.
 */
export const refusedChanges = comparison.meta({ id: 'RefusedChanges' });
export type RefusedChanges = Comparison;

/**
 * Why an edit cannot be applied now: it builds on words that are not in the piece; it is none that a
 * piece can hold, or does what cannot be shown; there was too much to look at at once, so ask for
 * fewer.
 */
export const refusedBlocks = ['incomplete', 'unusable', 'too_much'] as const;
export type RefusedBlock = (typeof refusedBlocks)[number];

/**
 * `added` and `removed` are what the edit would have done to the text when it came, for an overview.
 * Separate places are separate lines. What it would do now, and does when it is applied, is `changes`;
 * null where it is `blocked`. `shown` stands for just these changes: given as `If-Match` when it is
 * applied, they are what happens, or nothing is.
 */
export const refusedEdit = z
  .object({
    id,
    pieceId: id,
    author: z.object({ id, name: z.string() }),
    at: time,
    reason: z.enum(refusalReasons),
    added: z.string(),
    removed: z.string(),
    changes: refusedChanges.nullable(),
    blocked: z.enum(refusedBlocks).nullable(),
    shown: z.string().nullable(),
  })
  .meta({ id: 'RefusedEdit' });
export type RefusedEdit = Omit<z.output<typeof refusedEdit>, 'changes'> & {
  readonly changes: RefusedChanges | null;
};

export const refusedPage = pageOf(refusedEdit);
