import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { SignIn, User } from '../../shared/api/people.ts';
import { ApiProblem, call } from './http.ts';

export type { User };
export const meKey = ['me'] as const;

/** Who is signed in; null: nobody. */
export const meQuery = queryOptions({
  queryKey: meKey,
  staleTime: 60_000,
  queryFn: async ({ signal }): Promise<User | null> => {
    try {
      return await call<User>('GET', '/me', { signal });
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) return null;
      throw error;
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
      // Loaded when it is needed: the list of pieces does without Yjs.
      const { forgetSavedCopies } = await import('../collab/index.ts');
      await forgetSavedCopies(userId);
    },
    onSuccess: () => window.location.assign('/'),
  });
}
