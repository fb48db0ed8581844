import {
  applyAwarenessUpdate,
  encodeAwarenessUpdate,
  removeAwarenessStates,
  type Awareness,
} from 'y-protocols/awareness';

/** One's own presence goes out at most so often, the latest state each time. */
const gapMs = 40;

/**
 * Presence over a connection. Only one's own state is ever sent: stock clients send on what they
 * hear from others, which costs a room of n people n² messages.
 */
export class PresenceLine {
  readonly #awareness: Awareness;
  readonly #send: (presence: Uint8Array) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sentAt = 0;

  constructor(awareness: Awareness, send: (presence: Uint8Array) => void) {
    this.#awareness = awareness;
    this.#send = send;
    awareness.on('update', this.#changed);
  }

  hear(presence: Uint8Array): void {
    applyAwarenessUpdate(this.#awareness, presence, this);
  }

  /**
   * Says who is here, on a new connection. As something new: a state whose clock is not above what
   * others know, and that of a fresh awareness is 0, is passed over by them.
   */
  greet(): void {
    const own = this.#awareness.getLocalState();
    if (own !== null) this.#awareness.setLocalState(own);
  }

  /** Who was here is not known any more. */
  lost(): void {
    const others = [...this.#awareness.getStates().keys()].filter((id) => id !== this.#own);
    removeAwarenessStates(this.#awareness, others, this);
  }

  /** Says goodbye, and stops. */
  leave(): void {
    this.#awareness.off('update', this.#changed);
    clearTimeout(this.#timer);
    removeAwarenessStates(this.#awareness, [this.#own], this);
    this.#sendOwn();
  }

  get #own(): number {
    return this.#awareness.clientID;
  }

  readonly #changed = (
    { added, updated, removed }: Record<'added' | 'updated' | 'removed', number[]>,
    origin: unknown,
  ): void => {
    if (origin === this) return;
    if (![...added, ...updated, ...removed].includes(this.#own)) return;
    clearTimeout(this.#timer);
    const wait = this.#sentAt + gapMs - Date.now();
    if (wait <= 0) this.#sendOwn();
    else this.#timer = setTimeout(() => this.#sendOwn(), wait);
  };

  #sendOwn(): void {
    this.#sentAt = Date.now();
    this.#send(encodeAwarenessUpdate(this.#awareness, [this.#own]));
  }
}
