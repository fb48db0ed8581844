/** The audit trail of a piece. */
import { z } from 'zod';
import { id, pageOf, time } from './common.ts';

/** `kind` says what was done, `data` to what. No actor: the server did it. */
export const auditEntry = z
  .object({
    id,
    at: time,
    kind: z.string(),
    actor: z.object({ id, name: z.string() }).nullable(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.output<typeof auditEntry>;

export const auditPage = pageOf(auditEntry);
