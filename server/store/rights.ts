import type { PieceStanding, Rights } from '../collab/ports.ts';
import type { Queryable } from '../db/connect.ts';
import { effectiveRole } from '../policy.ts';
import type { GlobalRole, PieceRole } from '../../shared/roles.ts';

interface Row {
  readonly ended: boolean;
  readonly name: string | null;
  readonly globalRole: GlobalRole | null;
  readonly role: PieceRole | null;
}

/** Rights as they stand in the database now (C4). */
export function createRights(sql: Queryable): Rights {
  return {
    async of(asked) {
      const rows = await sql<Row[]>`
        select u.name, u.role as "globalRole", m.role,
          u.id is null or u.disabled_at is not null or case one.kind
            when 'token' then not exists (
              select from api_tokens t
              where t.id = one.credential and coalesce(t.expires_at > now(), true))
            else not exists (
              select from sessions s where s.id = one.credential and s.expires_at > now())
          end as ended
        from unnest(${list(asked.map(({ pieceId }) => pieceId))}::text::uuid[],
                    ${list(asked.map(({ userId }) => userId))}::text::uuid[],
                    ${list(asked.map(({ credential }) => credential.kind))}::text::text[],
                    ${list(asked.map(({ credential }) => credential.id))}::text::uuid[])
          with ordinality as one (piece_id, user_id, kind, credential, ord)
          left join users u on u.id = one.user_id
          left join members m on m.piece_id = one.piece_id and m.user_id = one.user_id
        order by one.ord`;
      return rows.map(({ ended, name, globalRole, role }) => ({
        ended,
        name: name ?? '',
        role: globalRole === null ? null : effectiveRole({ role: globalRole }, role),
      }));
    },

    async ofPieces(pieceIds) {
      const rows = await sql<(PieceStanding & { readonly id: string })[]>`
        select id, deleted_at is not null as deleted, locked_at is not null as locked
        from pieces where id = any(${list(pieceIds)}::text::uuid[])`;
      return new Map(rows.map(({ id, deleted, locked }) => [id, { deleted, locked }]));
    },
  };
}

const list = (values: readonly string[]) => `{${values.join()}}`;
