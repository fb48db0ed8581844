import * as Y from 'yjs';
import { Member } from '../member.ts';
import { inTurns } from '../state/in-turns.ts';
import { firstEndingAfter } from '../updates/structs.ts';
import { MarkWalk } from './mark-walk.ts';

/**
 * Yjs tidies up by itself, in the turn of the edit, in a document of no more items than this. For each
 * item that is deleted it walks the deleted ones around it: 1,000 take 5 ms, 20,000 take 2 s.
 */
const mostInOneTurn = 1_000;
/** In others it is done when nobody has written for so long, in ms: 30 ms of walking for 100,000 items. */
const quietMs = 2_000;
/** So often a walk goes back a little because somebody has written, before it begins anew when they are done. */
const mostAgain = 1_000;
/** So many items are walked by at once, and so many marks taken out at most: 0.2 ms, and 1 ms. */
const itemsOfStep = 500;
/** Settles when nothing is tidied. One piece is at a time, whoever's it is: others' work comes first. */
let tidied: Promise<void> = Promise.resolve();

export interface TidierDeps {
  doc(): Y.Doc;
  /** Whether the server may edit the document now. */
  mayEdit(): boolean;
  /** Hands on what was tidied; `author`: whose edit last left something to be tidied. */
  handOn(effect: Uint8Array, author: string | null): void;
  failed(err: unknown): void;
  readonly quietMs?: number;
}

/**
 * Takes out marks that format nothing, where Yjs would walk a whole text for it in the turn of each edit
 * (B1): slice by slice, when nobody writes. What it takes out changes how nothing reads, so it can wait,
 * and end at any place.
 */
export class Tidier {
  readonly #deps: TidierDeps;
  readonly #quietMs: number;
  /** Texts with marks, in which something was deleted or formatted. */
  readonly #texts = new Set<Y.Text>();
  #author: string | null = null;
  #edits = 0;
  /** Edits that deleted or formatted something: the marks before a place are not what they were. */
  #cuts = 0;
  #lastEdit = 0;
  #timer: NodeJS.Timeout | null = null;
  #running = false;
  #closed = false;

  constructor(deps: TidierDeps) {
    this.#deps = deps;
    this.#quietMs = deps.quietMs ?? quietMs;
  }

  /** To be called with each document that the room gets. */
  watch(doc: Y.Doc): void {
    this.#texts.clear();
    doc.on('afterTransaction', (transaction: Y.Transaction) => this.#look(transaction));
  }

  close(): void {
    this.#closed = true;
    this.#texts.clear();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Called before Yjs looks whether it has to tidy up, and before a slice keeps it from that. */
  #look(transaction: Y.Transaction): void {
    if (transaction.origin === this) return;
    this.#edits++;
    const cuts = transaction.deleteSet.clients.size > 0 || bringsMarks(transaction);
    if (cuts) this.#cuts++;
    this.#lastEdit = performance.now();
    if (!transaction._needFormattingCleanup) return;
    if (!cuts) {
      // Words leave no mark behind that formats nothing: there is nothing for Yjs to walk to, in one more transaction.
      transaction._needFormattingCleanup = false;
      return;
    }
    // Between slices, Yjs does not.
    if (this.#deps.mayEdit() && isShort(transaction.doc)) return;
    transaction._needFormattingCleanup = false;
    const origin: unknown = transaction.origin;
    this.#author = origin instanceof Member ? origin.person.id : null;
    for (const type of transaction.changed.keys())
      if (type instanceof Y.Text) this.#texts.add(type);
    this.#schedule(this.#quietMs);
  }

  #schedule(ms: number): void {
    if (this.#timer !== null || this.#running || this.#closed || this.#texts.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      const left = this.#lastEdit + this.#quietMs - performance.now();
      if (left > 0) this.#schedule(left);
      else void this.#tidyInLine();
    }, ms).unref();
  }

  async #tidyInLine(): Promise<void> {
    this.#running = true;
    const before = tidied;
    let end = () => {};
    tidied = new Promise((resolve) => (end = resolve));
    try {
      await before;
      await this.#tidyAll();
    } finally {
      end();
    }
  }

  async #tidyAll(): Promise<void> {
    try {
      for (const text of [...this.#texts]) {
        await inTurns(this.#steps(text), (step) => step(), { rests: true });
      }
    } catch (err) {
      this.#deps.failed(err);
      this.#texts.clear();
    } finally {
      this.#running = false;
      this.#schedule(this.#quietMs);
    }
  }

  /** Ends early where somebody deletes or formats meanwhile: it begins anew when they are done. */
  *#steps(text: Y.Text): Generator<() => void> {
    const cuts = this.#cuts;
    const walk = new MarkWalk(text);
    let edits = this.#edits;
    let agains = 0;
    while (!walk.done) {
      let goesOn = true;
      yield () => {
        goesOn = this.#texts.has(text) && this.#deps.mayEdit() && this.#cuts === cuts;
        if (goesOn && this.#edits !== edits) goesOn = ++agains < mostAgain && walk.again();
        if (!goesOn) return;
        this.#takeOut(walk.next(itemsOfStep));
        edits = this.#edits;
      };
      if (!goesOn) return;
    }
    this.#texts.delete(text);
  }

  #takeOut(marks: readonly Y.Item[]): void {
    if (marks.length === 0) return;
    const doc = this.#deps.doc();
    const collect = (effect: Uint8Array) => this.#deps.handOn(effect, this.#author);
    doc.on('update', collect);
    try {
      doc.transact((transaction) => marks.forEach((mark) => mark.delete(transaction)), this);
    } finally {
      doc.off('update', collect);
    }
  }
}

/** Looks at no more clientIDs than that either. */
function isShort({ store }: Y.Doc): boolean {
  let count = 0;
  for (const list of store.clients.values()) {
    count += list.length;
    if (count > mostInOneTurn) return false;
  }
  return true;
}

/** One look at each clientID, and at each new item, as Yjs takes. */
function bringsMarks({ doc, beforeState, afterState }: Y.Transaction): boolean {
  for (const [client, end] of afterState) {
    const from = beforeState.get(client) ?? 0;
    if (from === end) continue;
    const list = doc.store.clients.get(client) ?? [];
    for (let i = firstEndingAfter(list, from); i < list.length; i++) {
      const item = list[i];
      if (item instanceof Y.Item && item.content instanceof Y.ContentFormat) return true;
    }
  }
  return false;
}
