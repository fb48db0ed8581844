import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { leaveTidyingToServer, newDocument } from '../../shared/document/index.ts';
import type { RefusedEvent } from '../../shared/protocol/events.ts';
import { encodePresence, encodeSync } from '../../shared/protocol/messages.ts';
import type { DeviceKeys } from '../device/keys.ts';
import { Ledger } from './ledger.ts';
import { PieceLink } from './link.ts';
import type { LocalCopy } from './local-copy.ts';
import { address, type OpenOptions } from './open-options.ts';
import { wordsBeyond } from './own-words.ts';
import { PresenceLine } from './presence-line.ts';
import { readServerMessages, type ServerMessage } from './server-message.ts';
import type { Save, SessionState } from './state.ts';

/** After this time without a word from the device's database, the session goes on without it, in ms. */
const deviceSilentMs = 3_000;
/** So long after the last report it is noted on the device that the server has everything, in ms. */
const noteAfterMs = 300;

/**
 * An open piece: its document, who is in it, and what of it is saved. Lives from `openPiece` to
 * `destroy`; the document is the caller's to read and write, but not before `state.ready`: only the
 * server puts the first content in (D7).
 */
export class PieceSession {
  readonly doc = newDocument();
  readonly awareness = new Awareness(this.doc);
  readonly #options: OpenOptions;
  readonly #link: PieceLink;
  readonly #presence: PresenceLine;
  readonly #listeners = new Set<() => void>();
  #ledger = new Ledger();
  #copy: LocalCopy | null = null;
  #state: SessionState;
  /** The connection has answered the server's question: from then on, edits go out as they come. */
  #answered = false;
  /** What the server had when it asked, as a state vector; null before that. */
  #serverHad: Uint8Array | null = null;
  #synced = false;
  /** Whether the device holds unsaved edits of earlier pages is known, or will not be. */
  #deviceAsked = false;
  #ready = false;
  #refused: RefusedEvent | null = null;
  #savedSince: number | null = null;
  /** The own clock up to which words are committed, and that of each sync message on its way. */
  #ownSaved = 0;
  #sentClocks: number[] = [];
  #counted = 0;
  /** Edits that are on this device's disk. */
  #keptUpTo = 0;
  #keeping = false;
  #noteTimer: ReturnType<typeof setTimeout> | undefined;
  #destroyed = false;

  constructor(options: OpenOptions) {
    this.#options = options;
    leaveTidyingToServer(this.doc);
    this.doc.on('update', this.#changed);
    this.#presence = new PresenceLine(this.awareness, (presence) => {
      this.#link.send(encodePresence(presence));
    });
    this.#link = new PieceLink({
      connect: () => options.connect(address(options)),
      renew: () => this.#renew(),
      probe: () => options.probe(),
      deviceOnline: () => options.deviceOnline(),
      onOpen: () => this.#opened(),
      onMessage: (message) => this.#heard(message),
      onLost: () => this.#lost(),
      onChange: () => this.#update(),
    });
    this.#state = this.#read();
    void this.#openCopy();
  }

  get pieceId(): string {
    return this.#options.pieceId;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Calls `listener` whenever `state` is another object; returns the way to stop it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get hasUnsaved(): boolean {
    return this.#ledger.hasUnsaved || this.#refused !== null;
  }

  /** The words that only this page and this device have, as paragraphs; see `wordsBeyond`. */
  unsavedText(): string {
    if (!this.hasUnsaved) return '';
    const server = this.#copy?.serverHas ?? null;
    const saved = server === null ? new Map<number, number>() : Y.decodeStateVector(server);
    const own = this.doc.clientID;
    saved.set(own, Math.max(saved.get(own) ?? 0, this.#ownSaved));
    return wordsBeyond(this.doc, new Set([own, ...(this.#copy?.unsavedClients ?? [])]), saved);
  }

  /** Tries to connect without waiting for the next time. */
  retryNow(): void {
    this.#link.retryNow();
  }

  wentOffline(): void {
    this.#link.wentOffline();
  }

  /** Goes on after `signed-out`, when the same person has signed in again. */
  resume(): void {
    void this.#renewCopy();
    this.#link.resume();
  }

  /** Resolves when what was written is on this device's disk, as far as it takes it. */
  async settle(): Promise<void> {
    await this.#copy?.isKept();
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#presence.leave();
    this.#link.destroy();
    clearTimeout(this.#noteTimer);
    if (!this.hasUnsaved && this.#synced) void this.#copy?.allSaved();
    this.awareness.destroy();
    this.doc.off('update', this.#changed);
    void this.#copy?.close();
    this.doc.destroy();
    this.#listeners.clear();
  }

  async #openCopy(): Promise<void> {
    const { pieceId } = this.#options;
    const silent = setTimeout(() => this.#knowDevice(), deviceSilentMs);
    const copy = await openCopy(await this.#options.keys(), pieceId, this.doc, () =>
      this.#copyLost(),
    );
    clearTimeout(silent);
    if (this.#destroyed) {
      await copy?.close();
      return;
    }
    this.#copy = copy;
    if (copy !== null) this.#takeIn(copy);
    this.#knowDevice();
  }

  async #renew(): Promise<boolean | null> {
    const signedIn = await this.#options.renew();
    if (signedIn) void this.#renewCopy();
    return signedIn;
  }

  /** The session may be another one by now, with keys of its own. */
  async #renewCopy(): Promise<void> {
    const copy = this.#copy;
    const keys = await this.#options.keys();
    if (this.#destroyed || copy !== this.#copy) return;
    if (copy !== null && !copy.isLost && copy.session === keys?.mark) return;
    await copy?.close();
    await this.#openCopy();
  }

  #takeIn(copy: LocalCopy): void {
    // What was written before is stored by now, but as if the server had it, and nobody has marked it.
    if (this.#ledger.hasUnsaved) {
      copy.keepUnsaved(Y.encodeStateAsUpdate(this.doc, this.#serverHad ?? undefined));
    }
    if (copy.unsavedClients.length > 0) {
      this.#ledger.edited();
      // The server's question may have been answered without it.
      if (this.#answered) this.#sendState();
    }
    if (copy.isWhole) this.#ready = true;
    this.#noteServerHas();
    if (this.#synced) this.#noteLater();
    void this.#keep();
  }

  #knowDevice(): void {
    this.#deviceAsked = true;
    this.#update();
  }

  #copyLost(): void {
    this.#keptUpTo = -1;
    this.#update();
  }

  readonly #changed = (
    update: Uint8Array,
    origin: unknown,
    _doc: Y.Doc,
    { local }: Y.Transaction,
  ): void => {
    if (origin === this) return;
    if (local) this.#copy?.markUnsaved();
    // What the device brings before the server has asked is part of the answer.
    else if (!this.#answered) return;
    this.#ledger.edited();
    // Others' words may be in what the device brings: an `update` would claim them for this person.
    if (this.#answered) this.#send(local ? 'update' : 'step2', update);
    void this.#keep();
    this.#update();
  };

  /** Finds out, one look at a time, whether the disk has what was written. */
  async #keep(): Promise<void> {
    const copy = this.#copy;
    if (copy === null || this.#keeping) return;
    this.#keeping = true;
    for (let kept = true; kept && this.#keptUpTo < this.#ledger.written;) {
      const upTo = this.#ledger.written;
      kept = await copy.isKept();
      if (kept) this.#keptUpTo = upTo;
    }
    this.#keeping = false;
    this.#update();
  }

  #opened(): void {
    this.#answered = false;
    this.#counted = 0;
    this.#sentClocks = [];
    this.#ledger.connected();
    this.#link.send(encodeSync('step1', Y.encodeStateVector(this.doc)));
    this.#presence.greet();
  }

  #lost(): void {
    this.#answered = false;
    this.#presence.lost();
  }

  #heard(frame: Uint8Array): void {
    for (const message of readServerMessages(frame)) this.#act(message);
  }

  #act(message: ServerMessage): void {
    switch (message.type) {
      case 'question':
        this.#serverHad = message.stateVector.slice();
        this.#answered = true;
        this.#sendState();
        this.#noteServerHas();
        break;
      case 'answer':
      case 'update':
        Y.applyUpdate(this.doc, message.update, this);
        if (message.type === 'answer') this.#nowSynced();
        break;
      case 'presence':
        this.#presence.hear(message.presence);
        break;
      case 'saved':
        this.#saved(message.count);
        break;
      case 'event':
        // One that comes after everything was taken at last is old news.
        if (message.event.type === 'refused' && this.#ledger.isWaiting) {
          this.#refused = message.event;
        }
        this.#update();
        this.#options.onEvent(message.event);
        break;
      case 'unknown':
        break;
    }
  }

  #nowSynced(): void {
    this.#synced = true;
    this.#ready = true;
    this.#noteServerHas();
    this.#noteLater();
    this.#update();
  }

  #send(step: 'step2' | 'update', update: Uint8Array): void {
    if (!this.#link.send(encodeSync(step, update))) return;
    this.#ledger.sent();
    this.#sentClocks.push(Y.getState(this.doc.store, this.doc.clientID));
  }

  /** Sends what the server may lack. */
  #sendState(): void {
    this.#send('step2', Y.encodeStateAsUpdate(this.doc, this.#serverHad ?? undefined));
  }

  /** The device has the text as the server had it, and can show it when there is no server. */
  #noteServerHas(): void {
    if (!this.#synced || this.#serverHad === null || this.#copy === null) return;
    this.#copy.noteServerHas(this.#serverHad);
  }

  #saved(count: number): void {
    const clocks = this.#sentClocks.splice(0, count - this.#counted);
    this.#counted = Math.max(this.#counted, count);
    this.#ownSaved = Math.max(this.#ownSaved, clocks.at(-1) ?? 0);
    if (!this.#ledger.saved(count)) return;
    this.#savedSince = Date.now();
    // Allowed after all: somebody gave the right back, or an owner put it in.
    if (!this.#ledger.hasUnsaved) this.#refused = null;
    this.#noteLater();
    this.#update();
  }

  #noteLater(): void {
    clearTimeout(this.#noteTimer);
    this.#noteTimer = setTimeout(() => {
      if (this.#synced && !this.hasUnsaved) void this.#copy?.allSaved();
    }, noteAfterMs);
  }

  #update(): void {
    if (this.#destroyed) return;
    const [before, next] = [this.#state, this.#read()];
    if (equal(next, before)) return;
    // Parts that are equal stay the same objects: who shows one of them is not drawn anew.
    this.#state = {
      ...next,
      link: equal(next.link, before.link) ? before.link : next.link,
      save: equal(next.save, before.save) ? before.save : next.save,
    };
    for (const listener of [...this.#listeners]) listener();
  }

  #read(): SessionState {
    const link = this.#link.shown;
    const lostRight = link.at === 'ended' && link.reason !== 'signed-out';
    return {
      link,
      save: this.#readSave(),
      ready: this.#ready,
      readOnly: this.#refused !== null || lostRight,
    };
  }

  #readSave(): Save {
    const unsaved = this.#ledger.hasUnsaved;
    if (this.#refused !== null) {
      const { reason, kept, added, removed } = this.#refused;
      return { is: 'refused', reason, kept, added, removed };
    }
    if (this.#link.shown.at === 'online') {
      return unsaved || !this.#deviceAsked
        ? { is: 'saving' }
        : { is: 'saved', since: this.#savedSince };
    }
    const kept = this.#copy !== null && this.#keptUpTo >= this.#ledger.written;
    return { is: 'offline', unsaved, kept: !unsaved || kept };
  }
}

/** Loaded beside the text, which can be written in without it. Null where the device keeps nothing. */
async function openCopy(
  keys: DeviceKeys | null,
  ...rest: Parameters<typeof LocalCopy.open> extends [unknown, ...infer Rest] ? Rest : never
): Promise<LocalCopy | null> {
  if (keys === null) return null;
  try {
    const { LocalCopy } = await import('./local-copy.ts');
    return await LocalCopy.open(keys, ...rest);
  } catch (error) {
    console.warn('Nothing can be kept on this device', error);
    return null;
  }
}

/** Of two small plain values. */
function equal(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
