import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { z } from 'zod';
import type { createdPiece, Piece, pieceWithPeople } from '../../shared/api/pieces.ts';
import { call } from './http.ts';

export type { Piece };
export type PieceWithPeople = z.output<typeof pieceWithPeople>;
type CreatedPiece = z.output<typeof createdPiece>;

interface Page {
  items: Piece[];
  nextCursor: string | null;
}

export const piecesKey = ['pieces'] as const;
export const pieceKey = (pieceId: string) => ['piece', pieceId] as const;

/** The pieces that one may see, the last changed first, page by page. */
export function usePieces(q: string) {
  return useInfiniteQuery({
    queryKey: [...piecesKey, q],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      call<Page>('GET', '/pieces', {
        query: { q: q === '' ? undefined : q, cursor: pageParam },
        signal,
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

/** One piece, without its text: role, status, title, who is there. */
export function usePieceDetails(pieceId: string) {
  return useQuery({
    queryKey: pieceKey(pieceId),
    queryFn: async ({ signal }) => {
      const piece = await call<PieceWithPeople>('GET', `/pieces/${pieceId}`, { signal });
      localStorage.setItem(roleKey(pieceId), piece.role);
      return piece;
    },
  });
}

/** The role that one had when the server last said so; null: never here. */
export function lastRole(pieceId: string): string | null {
  return localStorage.getItem(roleKey(pieceId));
}

function roleKey(pieceId: string): string {
  return `counterpoint-role:${pieceId}`;
}

export interface NewPiece {
  title?: string;
  standfirst?: string;
  content?: string;
}

export function useCreatePiece() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewPiece) => call<CreatedPiece>('POST', '/pieces', { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: piecesKey }),
  });
}

/** Deletes a piece; `undelete` brings it back. */
export function useDeletePiece(onError: (error: unknown) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, undelete }: { id: string; undelete: boolean }) =>
      undelete ? call('POST', `/pieces/${id}/undelete`) : call('DELETE', `/pieces/${id}`),
    // Not awaited: the row that asked is gone once the list is there.
    onSuccess: () => void client.invalidateQueries({ queryKey: piecesKey }),
    onError,
  });
}
