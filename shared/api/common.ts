/** What all calls of the HTTP API share. */
import { z } from 'zod';

/**
 * Ids are UUIDv7. Any UUID is let through to be looked up, so that a made-up one is answered with
 * 404 like every other id that does not exist. Upper case is the same id, and rooms go by the string.
 */
export const id = z.guid().toLowerCase();

/** ISO 8601, UTC. */
export const time = z.iso.datetime();

export const idParams = z.object({ id });

/** The query of a list. A cursor is opaque: it comes from the `nextCursor` of the page before. */
export const pageQuery = z.object({
  cursor: z.string().min(1).max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** One page of a list; `nextCursor` is null on the last. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/**
 * RFC 9457 problem details. `code` is stable; `errors` lists each bad field of a request; `passage`
 * is how the passage of a thread reads now, `refused` a refused edit with what it would do now.
 */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    instance: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    passage: z.string().optional(),
    refused: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Problem' });

/** A line of text that people read: no line breaks, no other control characters. */
export function lineOfText(longest: number) {
  return z
    .string()
    .max(longest)
    .regex(/^\P{Cc}*$/u, 'must be one line without control characters')
    .transform((text) => text.trim());
}
