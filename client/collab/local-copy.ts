import * as idb from 'lib0/indexeddb';
import { IndexeddbPersistence } from 'y-indexeddb';
import * as Y from 'yjs';
import { StoreWrites } from './store-writes.ts';

/** In the database's store for what is not text. */
const syncedKey = 'synced';
export const markPrefix = 'unsaved:';
export const customStore = 'custom';
const updatesStore = 'updates';
const namePrefix = 'counterpoint';

/**
 * The copy of a piece on this device (IndexedDB), with a note of whose edits in it the server may
 * not have. One for each person: nobody's unsaved words are ever sent in another's name (P2).
 */
export class LocalCopy {
  readonly #persistence: IndexeddbPersistence;
  readonly #db: IDBDatabase;
  readonly #doc: Y.Doc;
  readonly #mark: string;
  readonly #writes: StoreWrites;
  readonly #onLost: () => void;
  /** Marks of earlier pages that were here at the start, with what they said. */
  readonly #found = new Map<string, unknown>();
  #marks = 0;
  #serverHas: Uint8Array | null = null;
  #lost = false;

  private constructor(
    persistence: IndexeddbPersistence,
    db: IDBDatabase,
    doc: Y.Doc,
    onLost: () => void,
  ) {
    this.#persistence = persistence;
    this.#db = db;
    this.#doc = doc;
    this.#mark = `${markPrefix}${doc.clientID}`;
    this.#writes = new StoreWrites(db, updatesStore);
    this.#onLost = onLost;
    // Another tab takes the copy away as its person signs out, or the browser does.
    db.onversionchange = () => this.#lose();
    db.onclose = () => this.#lose();
  }

  /**
   * Reads the copy into `doc` and keeps it equal from then on. Null where the device keeps nothing.
   * `onLost` is called if the copy is taken away meanwhile.
   */
  static async open(
    userId: string,
    pieceId: string,
    doc: Y.Doc,
    onLost: () => void,
  ): Promise<LocalCopy | null> {
    const name = nameOf(userId, pieceId);
    try {
      // The library does not say that a database cannot be opened, so that is found out before.
      const probe = await idb.openDB(name, (db) => {
        idb.createStores(db, [[updatesStore, { autoIncrement: true }], [customStore]]);
      });
      probe.close();
      const persistence = new IndexeddbPersistence(name, doc);
      const copy = new LocalCopy(persistence, await persistence._db, doc, onLost);
      await persistence.whenSynced;
      await copy.#read();
      return copy;
    } catch (error) {
      // Private windows and full disks have no database. The session says so, and goes on without.
      console.warn('Nothing can be kept on this device', error);
      return null;
    }
  }

  /** What the server is known to have had, as a state vector; null: this copy never met it. */
  get serverHas(): Uint8Array | null {
    return this.#serverHas;
  }

  /** The text is here, as the server had it at some time. */
  get isWhole(): boolean {
    if (this.#serverHas === null) return false;
    const server = Y.decodeStateVector(this.#serverHas);
    return [...server].every(([client, clock]) => Y.getState(this.#doc.store, client) >= clock);
  }

  get isLost(): boolean {
    return this.#lost;
  }

  /** The clientIDs of earlier pages that wrote what may not be saved. */
  get unsavedClients(): number[] {
    return [...this.#found.keys()].map((mark) => Number(mark.slice(markPrefix.length)));
  }

  /** To be called for each local edit, before it is stored: a mark too many does no harm. */
  markUnsaved(): void {
    this.#marks++;
    this.#put(this.#marks, this.#mark);
  }

  /** Resolves when what was written so far is on the disk; false where it is not. */
  async isKept(): Promise<boolean> {
    if (this.#lost) return false;
    if (await this.#writes.done()) return true;
    if (this.#lost) return false;
    // A row is missing, and others build on it: the whole state makes good for that.
    try {
      const [updates] = idb.transact(this.#db, [updatesStore]);
      if (updates === undefined) return false;
      updates.add(Y.encodeStateAsUpdate(this.#doc));
      this.#writes.madeGood();
      return await this.#writes.done();
    } catch (error) {
      console.warn('Nothing can be kept on this device', error);
      return false;
    }
  }

  /** The server has what is in this state vector. */
  noteServerHas(state: Uint8Array): void {
    this.#serverHas = state;
    // A copy: a view would be stored with all of the frame that it is in.
    this.#put(new Uint8Array(state).buffer, syncedKey);
  }

  /** The server has all that is in the document now. */
  async allSaved(): Promise<void> {
    if (this.#lost) return;
    const marks = this.#marks;
    this.noteServerHas(Y.encodeStateVector(this.#doc));
    try {
      const [custom] = idb.transact(this.#db, [customStore]);
      if (custom === undefined) return;
      const removals = [...this.#found].map(async ([mark, said]) => {
        // A page beside this one that has gone on writing has said something else since.
        if ((await idb.get(custom, mark)) === said) await idb.del(custom, mark);
      });
      const own = idb.get(custom, this.#mark).then(async (said: unknown) => {
        if (said === marks) await idb.del(custom, this.#mark);
      });
      await Promise.all([own, ...removals]);
      this.#found.clear();
    } catch (error) {
      // The mark stays: the next page asks the server once more, and loses nothing.
      console.warn('The local copy could not be marked as saved', error);
    }
  }

  async forget(): Promise<void> {
    await this.#persistence.destroy();
    await idb.deleteDB(this.#persistence.name);
  }

  async close(): Promise<void> {
    await this.#persistence.destroy();
  }

  #put(value: number | ArrayBuffer, key: string): void {
    if (this.#lost) return;
    const failed = (error: unknown) => console.warn('Nothing can be kept on this device', error);
    try {
      const [custom] = idb.transact(this.#db, [customStore]);
      if (custom) idb.put(custom, value, key).catch(failed);
    } catch (error) {
      // A database that was closed under us takes nothing more.
      failed(error);
      this.#lose();
    }
  }

  #lose(): void {
    if (this.#lost) return;
    this.#lost = true;
    // Storing in a closed database throws into the editor's own transaction.
    this.#persistence.db = null;
    void this.#persistence.destroy();
    this.#onLost();
  }

  async #read(): Promise<void> {
    const [custom] = idb.transact(this.#db, [customStore], 'readonly');
    if (custom === undefined) return;
    const keys = (await idb.getAllKeys(custom)) as unknown[];
    for (const key of keys) {
      if (typeof key !== 'string' || !key.startsWith(markPrefix)) continue;
      this.#found.set(key, await idb.get(custom, key));
    }
    const synced: unknown = await idb.get(custom, syncedKey);
    this.#serverHas = synced instanceof ArrayBuffer ? new Uint8Array(synced) : null;
  }
}

/** The name of a person's copy of a piece; without a piece, what all of theirs begin with. */
export function nameOf(userId: string, pieceId: string): string {
  return `${namePrefix}:${userId}:${pieceId}`;
}
