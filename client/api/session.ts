import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { SignIn, User } from '../../shared/api/people.ts';
import { ApiProblem, call } from './http.ts';

export type { User };
export const meKey = ['me'] as const;

const lastKey = 'counterpoint-me';

/**
 * Who was signed in when the server last said so: without a network the page shows them what is on
 * this device. What they may do the server decides, when it is back.
 */
export function lastMe(): User | null {
  const kept = localStorage.getItem(lastKey);
  return kept === null ? null : (JSON.parse(kept) as User);
}

/** Who is signed in; null: nobody. */
export const meQuery = queryOptions({
  queryKey: meKey,
  staleTime: 60_000,
  // Without an answer, who was here last is shown what is on this device: see `lastMe`.
  retry: false,
  queryFn: async ({ signal }): Promise<User | null> => {
    try {
      const me = await call<User>('GET', '/me', { signal });
      localStorage.setItem(lastKey, JSON.stringify(me));
      return me;
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
      localStorage.removeItem(lastKey);
      return null;
    }
  },
});

export function useMe() {
  return useQuery(meQuery);
}

/** What the sign-in page has to offer. */
export function useSignInWays() {
  return useQuery({
    queryKey: ['signInWays'],
    staleTime: Infinity,
    queryFn: ({ signal }) => call<{ oidc: boolean }>('GET', '/session/ways', { signal }),
  });
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SignIn) => call<User>('POST', '/session', { body }),
    onSuccess: (user) => {
      const before = client.getQueryData<User | null>(meKey);
      // What the last person saw is not the next one's. Who watches "me" goes on watching it.
      const isOthers = ({ queryKey }: { queryKey: readonly unknown[] }) => queryKey[0] !== meKey[0];
      if (before?.id !== user.id) client.removeQueries({ predicate: isOthers });
      client.setQueryData(meKey, user);
    },
  });
}

/** Ends the session; the page begins anew, so that nothing of this person stays in its memory. */
export function useSignOut() {
  return useMutation({
    mutationFn: async (userId: string) => {
      await call<undefined>('DELETE', '/session');
      localStorage.removeItem(lastKey);
      // Loaded when it is needed: the list of pieces does without Yjs.
      const { forgetSavedCopies } = await import('../collab/index.ts');
      await forgetSavedCopies(userId);
    },
    onSuccess: () => window.location.assign('/'),
  });
}
