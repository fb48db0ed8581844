import type { ClientMessage } from '../../../shared/protocol/messages.ts';
import type { Applied, Reach } from '../apply.ts';
import type { Member } from '../member.ts';
import type { Bound, VersionBefore } from '../ports.ts';

export type SyncMessage = Extract<ClientMessage, { readonly update: Uint8Array }>;

/** An effect that is to be handed on and journalled. */
export interface HandedOn {
  /** Whose words they are; null: the server's. */
  readonly author: string | null;
  /** The connection that they came by; null: none. */
  readonly member: Member | null;
  readonly bound: readonly Bound[];
  /** A version that is to be kept of what was there before. */
  readonly before?: VersionBefore | null;
}

/** A message that was taken. */
export interface Taken extends Pick<Applied, 'kept' | 'ahead'> {
  /** The document has thrown words of it away, and cannot tell whether it has ever had these. */
  readonly inDoubt: boolean;
}

/** Thrown before anything is applied: an update is to be put in slice by slice (large-update.ts). */
export class NeedsSlices extends Error {}

/** A message that was refused, in whole or in part. */
export interface Refusal {
  /** How far the document has to come to hold it after all; null: that would not tell. */
  readonly refused: Reach | null;
}

export const nothing: Applied = { effect: null, kept: null, ahead: null, more: false };

/** Tells the client of a read-only token, whose edits are kept nowhere. */
export function tellNotKept(member: Member): void {
  member.refused({ id: null, reason: 'may_not_edit', kept: false, change: null });
}
