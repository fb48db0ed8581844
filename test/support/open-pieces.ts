import type { OpenPieces } from '../../server/collab/ports.ts';

interface Note {
  readonly opening: number;
  /** In ms; null: no other server has found it. */
  foundAt: number | null;
}

/** Notes of one database in memory; each server that uses it has a name. */
export class NotedPieces {
  /** By piece, by server. */
  readonly #notes = new Map<string, Map<string, Note>>();

  of(server: string): OpenPieces {
    return {
      opened: async ({ pieceId, opening }) => {
        const notes = this.#notes.get(pieceId) ?? new Map<string, Note>();
        this.#notes.set(pieceId, notes);
        const now = Date.now();
        let last: number | null = null;
        for (const [other, note] of notes) {
          if (other === server) continue;
          note.foundAt ??= now;
          last = Math.max(last ?? 0, note.foundAt);
        }
        notes.set(server, { opening, foundAt: null });
        return last === null ? null : now - last;
      },
      closed: async ({ pieceId, opening, forgetMs }) => {
        const notes = this.#notes.get(pieceId);
        for (const [name, note] of notes ?? []) {
          const isOver =
            name === server
              ? note.opening <= opening
              : note.foundAt !== null && note.foundAt < Date.now() - forgetMs;
          if (isOver) notes?.delete(name);
        }
      },
    };
  }
}

/** A database in which no server has ever crashed. */
export const noCrash = (): OpenPieces => new NotedPieces().of('the only one');
