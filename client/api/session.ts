import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { SignIn, User } from '../../shared/api/people.ts';
import { offline } from '../device/offline.ts';
import { askForKeysAgain, sessionEnded } from '../device/session.ts';
import { otherWindows } from '../device/windows.ts';
import { ApiProblem, call } from './http.ts';

export type { User };
export const meKey = ['me'] as const;

/**
 * Who was signed in when the server last said so: without a network the page shows them what is on
 * this device. What they may do the server decides, when it is back. Null: nobody, or a page that
 * began without keys for what is there.
 */
export function lastMe(): User | null {
  return offline.me;
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
      offline.holdMe(me);
      return me;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.code === 'network' && offline.me === null) await offline.take();
      if (error.status !== 401) throw error;
      // The page need not wait until all of it is off the disk.
      sessionEnded().catch((problem: unknown) =>
        console.warn('Nothing can be kept on this device', problem),
      );
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
      askForKeysAgain();
      client.setQueryData(meKey, user);
      otherWindows.tell();
    },
  });
}

/** Ends the session; the page begins anew, so that nothing of this person stays in its memory. */
export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      await call<undefined>('DELETE', '/session');
      await sessionEnded();
    },
    onSuccess: () => {
      otherWindows.tell();
      // A browser may keep the page for its back button.
      client.setQueryData(meKey, null);
      window.location.assign('/');
    },
  });
}
