import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  createdToken,
  invite,
  NewUser,
  TokenInfo,
  User,
  UserChange,
} from '../../shared/api/people.ts';
import { call } from './http.ts';
import { meQuery } from './session.ts';

export type Invite = z.output<typeof invite>;
export type { TokenInfo, User };

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

const usersKey = ['users'] as const;
const tokensKey = (userId: string) => ['tokens', userId] as const;

/** Everybody in the newsroom, for admins, page by page. */
export function useUsers() {
  return useInfiniteQuery({
    queryKey: usersKey,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      call<Page<User>>('GET', '/users', { query: { cursor: pageParam }, signal }),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
}

export function useAddUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewUser) => call<User>('POST', '/users', { body }),
    onSuccess: () => void client.invalidateQueries({ queryKey: usersKey }),
  });
}

/** Changes a person; oneself the name alone, if no admin. */
export function useChangeUser(userId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: UserChange) => call<User>('PATCH', `/users/${userId}`, { body }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: usersKey });
      // It may have been oneself.
      void client.invalidateQueries({ queryKey: meQuery.queryKey });
    },
  });
}

/** Erases a person; what they wrote stays. */
export function useEraseUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (userId: string) => call<undefined>('DELETE', `/users/${userId}`),
    onSuccess: () => void client.invalidateQueries({ queryKey: usersKey }),
  });
}

/** A new link for somebody; one that they had before is void from then on. */
export function useInvite() {
  return useMutation({
    mutationFn: (userId: string) => call<Invite>('POST', `/users/${userId}/invite`),
  });
}

export function useChangePassword() {
  return useMutation({
    mutationFn: (body: { current?: string; password: string }) =>
      call<undefined>('PUT', '/me/password', { body }),
  });
}

/** Ends every session of a person. */
export function useEndSessions() {
  return useMutation({
    mutationFn: (userId: string) => call<undefined>('DELETE', `/users/${userId}/sessions`),
  });
}

export function useTokens(userId: string) {
  return useQuery({
    queryKey: tokensKey(userId),
    queryFn: ({ signal }) =>
      call<Page<TokenInfo>>('GET', `/users/${userId}/tokens`, { query: { limit: 200 }, signal }),
  });
}

export function useMakeToken(userId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { name: string; readOnly: boolean; expiresAt?: string }) =>
      call<z.output<typeof createdToken>>('POST', `/users/${userId}/tokens`, { body }),
    onSuccess: () => void client.invalidateQueries({ queryKey: tokensKey(userId) }),
  });
}

export function useDeleteToken(userId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (tokenId: string) =>
      call<undefined>('DELETE', `/users/${userId}/tokens/${tokenId}`),
    onSuccess: () => void client.invalidateQueries({ queryKey: tokensKey(userId) }),
  });
}
