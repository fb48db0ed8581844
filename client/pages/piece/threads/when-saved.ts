import type { PieceSession } from '../../../collab/index.ts';

/** Resolves when the server has all that was written here. */
export function whenSaved(session: PieceSession): Promise<void> {
  return new Promise((resolve) => {
    const stop = session.subscribe(look);
    look();
    function look() {
      if (session.state.save.is !== 'saved') return;
      stop();
      resolve();
    }
  });
}
