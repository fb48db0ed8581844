import { firstState, nextState, type LinkEvent, type LinkState } from './link-state.ts';
import type { Link } from './state.ts';

/** The part of a WebSocket that is used here. */
export interface Socket {
  binaryType: string;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(data: Uint8Array): void;
  close(): void;
}

export interface LinkOptions {
  /** Opens a new socket. */
  connect(): Socket;
  /** Whether somebody is signed in; null where nobody could be asked. */
  renew(): Promise<boolean | null>;
  /** Whether the server answers over HTTP. */
  probe(): Promise<boolean>;
  deviceOnline(): boolean;
  onOpen(): void;
  onMessage(message: Uint8Array): void;
  /** The connection that was open is gone. */
  onLost(): void;
  onChange(): void;
}

/** The server says something at least every 30 s: longer silence is a dead connection. */
const longestSilenceMs = 40_000;
const lookEveryMs = 5_000;
/** A socket that neither opens nor fails is given up. */
const longestOpeningMs = 10_000;
/** A request that nobody answers, as in a network that swallows everything, is given up. */
const longestAskingMs = 8_000;

/** A connection to a piece that comes back by itself: what `link-state.ts` decides is done here. */
export class PieceLink {
  readonly #options: LinkOptions;
  #state: LinkState = firstState;
  #socket: Socket | null = null;
  #open = false;
  #heardAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #watch: ReturnType<typeof setInterval>;
  #destroyed = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#watch = setInterval(() => this.#lookForSilence(), lookEveryMs);
    this.#enter();
  }

  /** As the session shows it. */
  get shown(): Link {
    const state = this.#state;
    switch (state.at) {
      case 'online':
        return { at: 'online' };
      case 'ended':
        return { at: 'ended', reason: state.reason };
      case 'waiting':
        return { at: 'away', reason: state.reason };
      case 'connecting':
      case 'probing':
        return state.last === null && state.memory.failures === 0
          ? { at: 'connecting' }
          : { at: 'away', reason: state.last ?? 'interrupted' };
      case 'renewing':
        return { at: 'away', reason: 'interrupted' };
    }
  }

  /** Sends where there is a connection; false where there is none. */
  send(message: Uint8Array): boolean {
    if (!this.#open || this.#socket === null) return false;
    this.#socket.send(message);
    return true;
  }

  /** Does not wait for the next try. */
  retryNow(): void {
    this.#step({ type: 'retry' });
    this.#lookForSilence();
  }

  /** Goes on after `signed-out`. */
  resume(): void {
    this.#step({ type: 'resume' });
  }

  /** The device says that its network is gone; what is open may not know yet. */
  wentOffline(): void {
    this.#step({ type: 'went-offline' });
  }

  destroy(): void {
    this.#destroyed = true;
    clearInterval(this.#watch);
    clearTimeout(this.#timer);
    this.#drop();
  }

  #step(event: LinkEvent): void {
    if (this.#destroyed) return;
    const before = this.#state;
    this.#state = nextState(before, event, { now: Date.now(), random: Math.random() });
    if (this.#state === before) return;
    this.#enter();
    this.#options.onChange();
  }

  #enter(): void {
    const state = this.#state;
    clearTimeout(this.#timer);
    if (state.at !== 'online' && state.at !== 'connecting') this.#drop();
    switch (state.at) {
      case 'connecting':
        this.#connect();
        break;
      case 'waiting':
        this.#timer = setTimeout(() => this.#step({ type: 'timer' }), state.delayMs);
        break;
      case 'probing':
        void within(longestAskingMs, this.#options.probe(), false).then((reachable) => {
          // An answer to an earlier question says nothing of now.
          if (this.#state !== state) return;
          this.#step({ type: 'probed', reachable, deviceOnline: this.#options.deviceOnline() });
        });
        break;
      case 'renewing':
        void within(longestAskingMs, this.#options.renew(), null).then((signedIn) => {
          if (this.#state === state) this.#step({ type: 'renewed', signedIn });
        });
        break;
      case 'online':
      case 'ended':
        break;
    }
  }

  #connect(): void {
    this.#drop();
    const socket = this.#options.connect();
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    const current = () => this.#socket === socket;
    socket.onopen = () => {
      if (!current()) return;
      clearTimeout(this.#timer);
      this.#open = true;
      this.#heardAt = Date.now();
      this.#options.onOpen();
    };
    socket.onmessage = ({ data }) => {
      if (!current() || !(data instanceof ArrayBuffer)) return;
      this.#heardAt = Date.now();
      // A socket that opens may still be refused; one that is spoken to was let in.
      this.#step({ type: 'opened' });
      this.#options.onMessage(new Uint8Array(data));
    };
    socket.onclose = ({ code }) => {
      if (current()) this.#closed(code);
    };
    this.#timer = setTimeout(() => this.#closed(1006), longestOpeningMs);
  }

  #closed(code: number): void {
    const wasOpen = this.#state.at === 'online';
    this.#drop();
    this.#step({ type: 'closed', code, wasOpen });
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    if (!this.#open) return;
    this.#open = false;
    this.#options.onLost();
  }

  #lookForSilence(): void {
    if (this.#open && Date.now() - this.#heardAt > longestSilenceMs) this.#closed(1006);
  }
}

function within<T>(ms: number, answer: Promise<T>, otherwise: T): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(otherwise), ms);
    void answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
