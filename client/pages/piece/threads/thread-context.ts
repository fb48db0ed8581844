import { createContext, use } from 'react';
import type { PieceRole } from '../../../../shared/roles.ts';
import type { User } from '../../../api/session.ts';
import type { ThreadActions } from '../../../api/threads.ts';
import type { PieceFields } from '../writing/fields/piece-fields.ts';
import type { ThreadDesk } from './thread-desk.ts';

/** What every card needs: who is looking, and what they may do. */
export interface ThreadScene {
  readonly desk: ThreadDesk;
  readonly fields: PieceFields;
  readonly pieceId: string;
  readonly me: User;
  readonly role: PieceRole;
  readonly actions: ThreadActions;
  /** Goes to the card before or behind another one. */
  readonly step: (id: string, by: 1 | -1) => void;
}

export const ThreadContext = createContext<ThreadScene | null>(null);

export function useScene(): ThreadScene {
  const scene = use(ThreadContext);
  if (scene === null) throw new Error('A card stands outside of the threads');
  return scene;
}
