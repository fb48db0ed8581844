import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
} from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  createdPiece,
  NewPiece,
  Piece,
  PieceChange,
  PieceWithPeople,
} from '../../shared/api/pieces.ts';
import type { Status } from '../../shared/api/statuses.ts';
import type { PieceRole } from '../../shared/roles.ts';
import { offline } from '../device/offline.ts';
import { call } from './http.ts';

export type { Piece, PieceWithPeople };
export type CreatedPiece = z.output<typeof createdPiece>;
/** As it is sent: what is left out has a default. */
export type PieceDraft = Partial<NewPiece>;

interface Page {
  items: PieceWithPeople[];
  nextCursor: string | null;
}

export interface PieceFilter {
  readonly q: string;
  readonly status: Status | null;
  /** The deleted ones that one may bring back, instead of those that are there. */
  readonly deleted: boolean;
}

export const piecesKey = ['pieces'] as const;
export const pieceKey = (pieceId: string) => ['piece', pieceId] as const;

/** Who is in a piece and who wrote last changes without a word to the list; in ms. */
const listRefreshMs = 15_000;

/** The pieces that one may see, the last changed first, page by page. */
export function usePieces({ q, status, deleted }: PieceFilter) {
  return useInfiniteQuery({
    queryKey: [...piecesKey, { q, status, deleted }],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      call<Page>('GET', '/pieces', {
        query: {
          q: q === '' ? undefined : q,
          status: status ?? undefined,
          deleted: deleted || undefined,
          cursor: pageParam,
        },
        signal,
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: listRefreshMs,
  });
}

/** One piece, without its text: role, status, title, who is there. */
export function usePieceDetails(pieceId: string) {
  return useQuery({
    queryKey: pieceKey(pieceId),
    queryFn: async ({ signal }) => {
      // Without the tag, which a thread has to tell: nobody can write before their role is known.
      const path = `/pieces/${pieceId}?etag=false`;
      const piece = await call<PieceWithPeople>('GET', path, { signal });
      offline.holdRole(pieceId, piece.role);
      return piece;
    },
  });
}

/** What is typed before the server has been asked about the piece again would be refused. */
export function hearLock(client: QueryClient, pieceId: string, locked: boolean): void {
  client.setQueryData<PieceWithPeople>(pieceKey(pieceId), (piece) => piece && { ...piece, locked });
}

/** The role that one had when the server last said so; null: that is not known here. */
export function lastRole(pieceId: string): PieceRole | null {
  return offline.role(pieceId);
}

export function useCreatePiece() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: PieceDraft) => call<CreatedPiece>('POST', '/pieces', { body }),
    onSuccess: () => void client.invalidateQueries({ queryKey: piecesKey }),
  });
}

/** Changes title or status from outside of the piece. */
export function useChangePiece(pieceId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: PieceChange) => call<Piece>('PATCH', `/pieces/${pieceId}`, { body }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: pieceKey(pieceId) });
      void client.invalidateQueries({ queryKey: piecesKey });
    },
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
