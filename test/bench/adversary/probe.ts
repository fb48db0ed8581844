/** What an operator sees of a server from beside it: how fast it says that it lives, and its memory. */
import { residentBytes } from '../load/proc.ts';

const everyMs = 50;

export interface Probed {
  /** The longest wait for an answer of `/healthz`, in ms. */
  readonly healthMax: number;
  /** Resident memory at the start and at its highest, in bytes. */
  readonly residentFirst: number;
  readonly residentPeak: number;
}

/** Looks every 50 ms until it is stopped. A look does not wait for the one before. */
export class Probe {
  readonly #url: string;
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  readonly #asked = new Set<Promise<void>>();
  readonly #first: number;
  #healthMax = 0;
  #peak: number;

  constructor(url: string, pid: number) {
    this.#url = `${url}/healthz`;
    this.#pid = pid;
    this.#first = residentBytes(pid);
    this.#peak = this.#first;
    this.#timer = setInterval(() => this.#look(), everyMs);
  }

  /** Resolves when all that was asked has been answered. */
  async stop(): Promise<Probed> {
    clearInterval(this.#timer);
    await Promise.all(this.#asked);
    const [residentFirst, residentPeak] = [this.#first, this.#peak];
    return { healthMax: this.#healthMax, residentFirst, residentPeak };
  }

  #look(): void {
    this.#peak = Math.max(this.#peak, residentBytes(this.#pid));
    const asked: Promise<void> = this.#ask().finally(() => this.#asked.delete(asked));
    this.#asked.add(asked);
  }

  async #ask(): Promise<void> {
    const from = performance.now();
    const answer = await fetch(this.#url).catch(() => null);
    await answer?.arrayBuffer();
    // What is not answered at all is as bad as can be.
    const took = answer?.ok === true ? performance.now() - from : Infinity;
    this.#healthMax = Math.max(this.#healthMax, took);
  }
}
