/** Edits that were refused, and are kept for an owner (R4). */
import { z } from 'zod';
import { refusalReasons } from '../protocol/events.ts';
import { id, pageOf, time } from './common.ts';

/**
 * `added` and `removed` are what the edit would have done to the text when it came. Separate places
 * are separate lines. An edit that only changes how text looks has neither.
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
  })
  .meta({ id: 'RefusedEdit' });
export type RefusedEdit = z.output<typeof refusedEdit>;

export const refusedPage = pageOf(refusedEdit);
