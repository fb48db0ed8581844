import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import type { Comment, NewThread, Thread, ThreadPage } from '../../shared/api/threads.ts';
import { call } from './http.ts';
import { applyEvent, putThread, type ThreadsEvent } from './thread-changes.ts';

export type { Comment, Thread };

/** As many as the server gives at once. */
const pageSize = 200;

export const threadsKey = (pieceId: string) => ['threads', pieceId] as const;

/** Events that came while a list was on its way, which may be older than they are; by piece. */
const heardMeanwhile = new Map<string, ThreadsEvent[]>();

/** All threads of a piece, in the order in which they were begun; events keep them up to date. */
export function useThreads(pieceId: string, userId: string) {
  return useQuery({
    queryKey: threadsKey(pieceId),
    staleTime: Infinity,
    queryFn: async ({ signal }): Promise<readonly Thread[]> => {
      const heard: ThreadsEvent[] = [];
      heardMeanwhile.set(pieceId, heard);
      const threads = await fetchAll(pieceId, signal);
      if (heardMeanwhile.get(pieceId) === heard) heardMeanwhile.delete(pieceId);
      return heard.reduce<readonly Thread[]>(
        (list, event) => applyEvent(list, event, userId) ?? list,
        threads,
      );
    },
  });
}

async function fetchAll(pieceId: string, signal: AbortSignal): Promise<Thread[]> {
  const threads: Thread[] = [];
  for (let cursor: string | undefined, more = true; more;) {
    const query = { limit: pageSize, cursor };
    const page = await call<ThreadPage>('GET', `/pieces/${pieceId}/threads`, { query, signal });
    threads.push(...page.items);
    cursor = page.nextCursor ?? undefined;
    more = cursor !== undefined;
  }
  return threads;
}

/** Takes an event of the piece's socket into the list. */
export function hearThreads(
  client: QueryClient,
  { pieceId, userId }: Place,
  event: ThreadsEvent,
): void {
  heardMeanwhile.get(pieceId)?.push(event);
  const before = client.getQueryData<readonly Thread[]>(threadsKey(pieceId));
  if (before === undefined) return;
  const after = applyEvent(before, event, userId);
  if (after === null) void refetchThreads(client, pieceId);
  else client.setQueryData(threadsKey(pieceId), after);
}

/** Asks for the list, such as after a time without events. */
export function refetchThreads(client: QueryClient, pieceId: string): Promise<void> {
  return client.invalidateQueries({ queryKey: threadsKey(pieceId) });
}

interface Place {
  readonly pieceId: string;
  readonly userId: string;
}

/** What can be done to threads. Each resolves when the list shows it. @throws ApiProblem */
export function useThreadActions({ pieceId, userId }: Place) {
  const client = useQueryClient();
  const find = (id: string) =>
    client.getQueryData<readonly Thread[]>(threadsKey(pieceId))?.find((one) => one.id === id);
  /** An event about it that came meanwhile is newer than the answer. */
  const put = (before: Thread | undefined, thread: Thread) => {
    if (find(thread.id) !== before) return;
    client.setQueryData<readonly Thread[]>(threadsKey(pieceId), (list) =>
      list === undefined ? list : putThread(list, thread, userId),
    );
  };
  const onThread = async (id: string, path: string, body?: object) => {
    const before = find(id);
    put(before, await call<Thread>('POST', `/threads/${id}/${path}`, { body }));
  };
  const onComment = async (threadId: string, send: () => Promise<unknown>) => {
    const before = find(threadId);
    await send();
    if (find(threadId) !== before) return;
    put(before, await call<Thread>('GET', `/threads/${threadId}`));
  };
  return {
    begin: async (thread: NewThread): Promise<Thread> => {
      const made = await call<Thread>('POST', `/pieces/${pieceId}/threads`, { body: thread });
      put(undefined, made);
      return made;
    },
    reply: (id: string, body: string) =>
      onComment(id, () => call<Comment>('POST', `/threads/${id}/comments`, { body: { body } })),
    edit: ({ id, threadId }: Comment, body: string) =>
      onComment(threadId, () => call<Comment>('PATCH', `/comments/${id}`, { body: { body } })),
    remove: ({ id, threadId }: Comment) =>
      onComment(threadId, () => call('DELETE', `/comments/${id}`)),
    resolve: (id: string) => onThread(id, 'resolve'),
    reopen: (id: string) => onThread(id, 'reopen'),
    accept: (id: string) => onThread(id, 'accept'),
    reject: (id: string) => onThread(id, 'reject'),
  };
}

export type ThreadActions = ReturnType<typeof useThreadActions>;

/** Marks a thread, or with null all of the piece, as read. */
export function useMarkRead(pieceId: string) {
  const client = useQueryClient();
  const mark = (id: string | null) =>
    client.setQueryData<readonly Thread[]>(threadsKey(pieceId), (list) =>
      list?.map((one) => (id === null || one.id === id ? { ...one, unread: 0 } : one)),
    );
  return useMutation({
    mutationFn: (id: string | null) =>
      call('POST', id === null ? `/pieces/${pieceId}/threads/read` : `/threads/${id}/read`),
    onMutate: mark,
    // What is unread after all is known by the server only.
    onError: () => refetchThreads(client, pieceId),
  }).mutate;
}
