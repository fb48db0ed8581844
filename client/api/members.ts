import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import type { candidates, Member } from '../../shared/api/pieces.ts';
import type { RefusedEdit } from '../../shared/api/refused.ts';
import type { PieceRole } from '../../shared/roles.ts';
import { call } from './http.ts';
import { pieceKey } from './pieces.ts';

export type { Member, PieceRole, RefusedEdit };

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

// Under the piece's key: what is said of the piece brings these up to date too.
const membersKey = (pieceId: string) => [...pieceKey(pieceId), 'members'] as const;
const refusedKey = (pieceId: string) => [...pieceKey(pieceId), 'refused'] as const;

/** Who is on a piece, and as what. */
export function useMembers(pieceId: string) {
  return useQuery({
    queryKey: membersKey(pieceId),
    queryFn: ({ signal }) =>
      call<Page<Member>>('GET', `/pieces/${pieceId}/members`, { query: { limit: 200 }, signal }),
  });
}

/** People who are not on the piece, by a part of their name or email address. */
export function useCandidates(pieceId: string, q: string) {
  return useQuery({
    queryKey: [...membersKey(pieceId), 'candidates', q],
    enabled: q.length >= 2,
    queryFn: ({ signal }) =>
      call<z.output<typeof candidates>>('GET', `/pieces/${pieceId}/candidates`, {
        query: { q },
        signal,
      }),
  });
}

/** Adds somebody, or gives them another role; null takes them off the piece. */
export function usePutMember(pieceId: string, onError: (error: unknown) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ userId, role }: { userId: string; role: PieceRole | null }) => {
      const path = `/pieces/${pieceId}/members/${userId}`;
      return role === null ? call('DELETE', path) : call('PUT', path, { body: { role } });
    },
    onSettled: () => client.invalidateQueries({ queryKey: membersKey(pieceId) }),
    onError,
  });
}

/** Edits that were not accepted and are kept, for owners. */
export function useRefused(pieceId: string, enabled: boolean) {
  return useQuery({
    queryKey: refusedKey(pieceId),
    enabled,
    queryFn: ({ signal }) =>
      call<Page<RefusedEdit>>('GET', `/pieces/${pieceId}/refused`, { signal }),
  });
}

/** Puts a refused edit into the piece after all, or deletes it. */
export function useDecideRefused(pieceId: string, onError: (error: unknown) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, shown, apply }: Pick<RefusedEdit, 'id' | 'shown'> & { apply: boolean }) =>
      apply
        ? call('POST', `/refused/${id}/apply`, { headers: { 'if-match': `"${shown}"` } })
        : call('DELETE', `/refused/${id}`),
    onSettled: () => client.invalidateQueries({ queryKey: refusedKey(pieceId) }),
    onError,
  });
}
