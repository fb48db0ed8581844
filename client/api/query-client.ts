import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './http.ts';
import { meKey } from './session.ts';

/** Fetched data, shared by all pages. Who is no longer signed in is found out by any call. */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (query.queryKey[0] !== meKey[0]) askWho(error);
      },
    }),
    mutationCache: new MutationCache({ onError: (error) => askWho(error) }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // Otherwise nothing is asked, and nothing fails, while a device says that it is offline: the
        // page would wait for ever instead of showing what is here.
        networkMode: 'always',
        refetchOnReconnect: true,
        // What the server has understood and refused is not asked again.
        retry: (failures, error) =>
          failures < 2 && (!(error instanceof ApiProblem) || isPassing(error)),
      },
      mutations: { networkMode: 'always' },
    },
  });
  return client;

  function askWho(error: unknown): void {
    if (isSignedOut(error)) void client.invalidateQueries({ queryKey: meKey });
  }
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 401;
}

function isPassing({ status }: ApiProblem): boolean {
  return status === 0 || status >= 500;
}
