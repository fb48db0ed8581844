import type { Servers, Subscription } from './servers.ts';

/** How long an opening waits until others are heard, in ms. What is missed is read in the journal. */
const patienceMs = 500;
/** Messages that wait for the piece to be opened; further ones are missed, too. */
const mostEarly = 1_000;

type Hear = (message: Uint8Array, from: string) => void;

/**
 * What the servers say to each other about one piece. It is listened to before the piece is read, so that
 * nothing which is committed after that goes unheard, and only where there are others.
 */
export class Line {
  readonly #pieceId: string;
  readonly #servers: Servers;
  #subscription: Subscription | null = null;
  #hear: Hear | null = null;
  readonly #early: Parameters<Hear>[] = [];

  constructor(pieceId: string, servers: Servers) {
    this.#pieceId = pieceId;
    this.#servers = servers;
  }

  /** Listens, if there are others. Resolves when it hears them, or that takes too long; never rejects. */
  async open(): Promise<void> {
    if (this.#subscription !== null || !this.#servers.hasOthers) return;
    this.#subscription = this.#servers.subscribe(this.#pieceId, (message, from) => {
      if (this.#hear !== null) this.#hear(message, from);
      else if (this.#early.length < mostEarly) this.#early.push([message, from]);
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    await Promise.race([this.#subscription.ready, late]);
    clearTimeout(timer);
  }

  get isOpen(): boolean {
    return this.#subscription !== null;
  }

  /** Hands over what has come, and what is to come. */
  listen(hear: Hear): void {
    this.#hear = hear;
    for (const [message, from] of this.#early.splice(0)) hear(message, from);
  }

  /** What is too long is not said. */
  say(message: Uint8Array): void {
    if (message.length > this.#servers.mostBytes) return;
    this.#servers.publish(this.#pieceId, message);
  }

  close(): void {
    this.#subscription?.end();
    this.#hear = nobody;
  }
}

const nobody = () => undefined;
