import {
  keepPreviousData,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  attribution,
  restored,
  Stretch,
  Version,
  VersionKind,
} from '../../shared/api/versions.ts';
import type { Comparison } from '../../shared/document/compare/index.ts';
import type { DocumentModel } from '../../shared/document/index.ts';
import { call } from './http.ts';

export type { Comparison, DocumentModel, Stretch, Version, VersionKind };
export type Attribution = z.output<typeof attribution>;
export type Restored = Omit<z.output<typeof restored>, 'changes'> & {
  readonly changes: Comparison;
};

/** A past state of a piece: a version's id, or a time. */
export type Moment = string;

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

const historyKey = (pieceId: string) => ['history', pieceId] as const;

/** What was written meanwhile appears in the list by itself; in ms. */
const refreshMs = 10_000;

/** Who wrote when, the earliest first. */
export function useStretches(pieceId: string) {
  return useQuery({
    queryKey: [...historyKey(pieceId), 'stretches'],
    refetchInterval: refreshMs,
    queryFn: async ({ signal }) =>
      (await call<Page<Stretch>>('GET', `/pieces/${pieceId}/history`, { signal })).items,
  });
}

/** All versions, the latest first. */
export function useVersions(pieceId: string) {
  return useQuery({
    queryKey: [...historyKey(pieceId), 'versions'],
    refetchInterval: refreshMs,
    queryFn: async ({ signal }) => {
      const versions: Version[] = [];
      for (let cursor: string | null | undefined; cursor !== null;) {
        const query = { limit: 200, cursor };
        const page: Page<Version> = await call('GET', `/pieces/${pieceId}/versions`, {
          query,
          signal,
        });
        versions.push(...page.items);
        cursor = page.nextCursor;
      }
      return versions;
    },
  });
}

/** What was never changes: it is asked once, and the last is shown until the next is there. */
const ofThePast = { staleTime: Infinity, placeholderData: keepPreviousData } as const;

export function usePastText(pieceId: string, moment: Moment) {
  return useQuery({
    ...ofThePast,
    queryKey: ['past', pieceId, 'text', moment],
    queryFn: ({ signal }) => {
      const path = isId(moment) ? `/versions/${moment}` : `/pieces/${pieceId}/at/${moment}`;
      return call<DocumentModel>('GET', path, { signal });
    },
  });
}

/** What was changed from one moment to the other; nothing is asked where there are not two. */
export function useChanges(pieceId: string, pair: { from: Moment; to: Moment } | null) {
  return useQuery({
    ...ofThePast,
    enabled: pair !== null,
    queryKey: ['past', pieceId, 'diff', pair?.from, pair?.to],
    queryFn: ({ signal }) =>
      call<Comparison>('GET', `/pieces/${pieceId}/diff`, { query: { ...pair }, signal }),
  });
}

/** Who had written the text of a moment. */
export function usePastAuthors(pieceId: string, moment: Moment) {
  return useQuery({
    ...ofThePast,
    queryKey: ['past', pieceId, 'authors', moment],
    queryFn: ({ signal }) =>
      call<Attribution>('GET', `/pieces/${pieceId}/attribution`, { query: { at: moment }, signal }),
  });
}

/** Who wrote the text as it is; each time anew. */
export const presentAuthors = (pieceId: string) =>
  queryOptions({
    queryKey: [...historyKey(pieceId), 'authors'],
    staleTime: 0,
    retry: false,
    queryFn: ({ signal }) => call<Attribution>('GET', `/pieces/${pieceId}/attribution`, { signal }),
  });

/** What is to be brought back; `section` null: everything. */
export interface RestoreTarget {
  readonly moment: Moment;
  readonly section: number | null;
}

function restore(pieceId: string, { moment, section }: RestoreTarget, preview: boolean) {
  const path = isId(moment) ? `/versions/${moment}` : `/pieces/${pieceId}/at/${moment}`;
  const body = { preview, ...(section !== null && { section }) };
  return call<Restored>('POST', `${path}/restore`, { body });
}

/** What bringing something back would change in the piece as it is now. */
export function useRestorePreview(pieceId: string, target: RestoreTarget) {
  return useQuery({
    queryKey: ['restore-preview', pieceId, target],
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    queryFn: () => restore(pieceId, target, true),
  });
}

export function useRestore(pieceId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (target: RestoreTarget) => restore(pieceId, target, false),
    onSuccess: () => refetchHistory(pieceId, client),
  });
}

/** Keeps the present state under a name. */
export function useNameVersion(pieceId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { name: string; note?: string }) =>
      call<Version>('POST', `/pieces/${pieceId}/versions`, { body }),
    onSuccess: () => refetchHistory(pieceId, client),
  });
}

function refetchHistory(pieceId: string, client: ReturnType<typeof useQueryClient>) {
  return client.invalidateQueries({ queryKey: historyKey(pieceId) });
}

export function isId(moment: Moment): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(moment);
}
