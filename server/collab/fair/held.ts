import type { ClientMessage } from '../../../shared/protocol/messages.ts';
import type { Share } from './turns.ts';

export type SizedMessage = ClientMessage & { readonly bytes: number };

/** What is kept, beside its words, of a connection that has gone and whose words wait, in bytes. */
const leftBehindBytes = 64 * 1024;
const nothing = () => undefined;

/**
 * What one connection has said and cannot be acted on yet, and the message that is being worked on. All of
 * it counts as its person's, until it goes on or is dropped, and whether the peer has gone or not (B2).
 */
export class Held {
  readonly #share: () => Share | null;
  #messages: { readonly message: SizedMessage; readonly release: () => void }[] = [];
  #worked: () => void = nothing;
  #left: () => void = nothing;

  /** `share`: null until it is known who it is; nothing is read before. */
  constructor(share: () => Share | null) {
    this.#share = share;
  }

  get size(): number {
    return this.#messages.length;
  }

  push(message: ClientMessage, bytes: number): void {
    this.#messages.push({ message: { bytes, ...message }, release: this.#count(bytes) });
  }

  /** The first that is as asked, which is not held any more. */
  shift(isIt: (message: SizedMessage) => boolean = () => true): SizedMessage | undefined {
    const at = this.#messages.findIndex(({ message }) => isIt(message));
    if (at < 0) return undefined;
    const [first] = this.#messages.splice(at, 1);
    first?.release();
    return first?.message;
  }

  /** All of them; they are not held any more. */
  splice(): SizedMessage[] {
    const all = this.#messages;
    this.#messages = [];
    for (const { release } of all) release();
    return all.map(({ message }) => message);
  }

  /** A message of so many bytes is worked on until `worked`; one at a time. */
  worksOn(bytes: number): void {
    this.#worked();
    this.#worked = this.#count(bytes);
  }

  worked(): void {
    this.#worked();
  }

  /** The peer has gone: what is left of the connection counts until `drop`. */
  leftBehind(): void {
    this.#left();
    this.#left = this.#count(leftBehindBytes);
  }

  /** Nothing that waits will be acted on. What is being worked on goes on to its end. */
  drop(): void {
    this.splice();
    this.#left();
  }

  #count(bytes: number): () => void {
    return this.#share()?.hold(bytes) ?? nothing;
  }
}
