import type { PieceSession, Save } from '../../collab/index.ts';

/** What is said of what was written. `keeping`: offline, and not yet known to be on this device. */
export type Said = Save | { readonly is: 'keeping' };

/** "Saved" is said once nothing was unsaved for so long, in ms. */
const calmMs = 500;

/**
 * What became of what was written, without the flicker. Between two keys everything is saved, or on the
 * disk, some ms after it is not: until one of these lasts, neither is said. Outside of React, which is
 * not to look at each key twice.
 */
export class CalmSave {
  readonly #session: PieceSession;
  #said: Said;
  #kind: string;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(session: PieceSession) {
    this.#session = session;
    this.#said = session.state.save;
    this.#kind = kindOf(session.state.save);
  }

  get said(): Said {
    return this.#said;
  }

  /** Calls `listener` when something else is to be said; returns the end of it. One at a time. */
  subscribe = (listener: () => void): (() => void) => {
    const say = (said: Said) => {
      if (same(said, this.#said)) return;
      this.#said = said;
      listener();
    };
    const hear = () => {
      const { save } = this.#session.state;
      const kind = kindOf(save);
      if (kind !== this.#kind) {
        this.#kind = kind;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => {
          this.#timer = undefined;
          say(this.#session.state.save);
        }, calmMs);
      }
      say(this.#timer === undefined ? save : meanwhile(save));
    };
    const stop = this.#session.subscribe(hear);
    hear();
    return () => {
      stop();
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  };
}

/** What is said of a state that may be over in a moment. */
function meanwhile(save: Save): Said {
  if (save.is === 'saved') return { is: 'saving' };
  return save.is === 'offline' && save.unsaved ? { is: 'keeping' } : save;
}

function kindOf(save: Save): string {
  return save.is === 'offline' ? `offline ${save.unsaved} ${save.kept}` : save.is;
}

function same(one: Said, other: Said): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
