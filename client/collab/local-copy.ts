import * as idb from 'lib0/indexeddb';
import { IndexeddbPersistence } from 'y-indexeddb';
import * as Y from 'yjs';

/** In the database's store for what is not text. */
const syncedKey = 'synced';
const markPrefix = 'unsaved:';
const customStore = 'custom';
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
  /** Marks of earlier pages that were here at the start, with what they said. */
  readonly #found = new Map<string, unknown>();
  #marks = 0;
  #lastKey = 0;
  #serverHas: Uint8Array | null = null;

  private constructor(persistence: IndexeddbPersistence, db: IDBDatabase, doc: Y.Doc) {
    this.#persistence = persistence;
    this.#db = db;
    this.#doc = doc;
    this.#mark = `${markPrefix}${doc.clientID}`;
  }

  /** Reads the copy into `doc` and keeps it equal from then on. Null where the device keeps nothing. */
  static async open(userId: string, pieceId: string, doc: Y.Doc): Promise<LocalCopy | null> {
    const name = nameOf(userId, pieceId);
    try {
      // The library does not say that a database cannot be opened, so that is found out before.
      const probe = await idb.openDB(name, (db) => {
        idb.createStores(db, [[updatesStore, { autoIncrement: true }], [customStore]]);
      });
      probe.close();
      const persistence = new IndexeddbPersistence(name, doc);
      await persistence.whenSynced;
      const { db } = persistence as { db: IDBDatabase | null };
      if (db === null) return null;
      const copy = new LocalCopy(persistence, db, doc);
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

  /** The clientIDs of earlier pages that wrote what may not be saved. */
  get unsavedClients(): number[] {
    return [...this.#found.keys()].map((mark) => Number(mark.slice(markPrefix.length)));
  }

  /** To be called for each local edit, before it is stored: a mark too many does no harm. */
  markUnsaved(): void {
    this.#marks++;
    const [custom] = idb.transact(this.#db, [customStore]);
    if (custom) ignoreFailure(idb.put(custom, this.#marks, this.#mark));
  }

  /**
   * Resolves when what was stored so far is on the disk; false where it is not. Every edit is a row
   * with a number of its own, so the last number says whether they all were written.
   */
  async isKept(): Promise<boolean> {
    try {
      const [updates] = idb.transact(this.#db, [updatesStore], 'readonly');
      if (updates === undefined) return false;
      const key = Number((await idb.getLastKey(updates)) ?? 0);
      const kept = key > this.#lastKey;
      this.#lastKey = key;
      return kept;
    } catch (error) {
      console.warn('Nothing can be kept on this device', error);
      return false;
    }
  }

  /**
   * The server has this, and its answer is in the copy: from now on the piece can be opened here
   * without it. Noted at once, for who writes on without a pause has no moment when all is saved.
   */
  metServer(state: Uint8Array): void {
    this.#serverHas = state;
    const [custom] = idb.transact(this.#db, [customStore]);
    if (custom) ignoreFailure(idb.put(custom, new Uint8Array(state).buffer, syncedKey));
  }

  /** The server has all that is in the document now. */
  async allSaved(): Promise<void> {
    const marks = this.#marks;
    const state = Y.encodeStateVector(this.#doc);
    this.#serverHas = state;
    const [custom] = idb.transact(this.#db, [customStore]);
    if (custom === undefined) return;
    try {
      const put = idb.put(custom, new Uint8Array(state).buffer, syncedKey);
      const removals = [...this.#found].map(async ([mark, said]) => {
        // A page beside this one that has gone on writing has said something else since.
        if ((await idb.get(custom, mark)) === said) await idb.del(custom, mark);
      });
      const own = idb.get(custom, this.#mark).then(async (said: unknown) => {
        if (said === marks) await idb.del(custom, this.#mark);
      });
      await Promise.all([put, own, ...removals]);
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

  async #read(): Promise<void> {
    const [custom, updates] = idb.transact(this.#db, [customStore, updatesStore], 'readonly');
    if (custom === undefined || updates === undefined) return;
    const keys = (await idb.getAllKeys(custom)) as unknown[];
    for (const key of keys) {
      if (typeof key !== 'string' || !key.startsWith(markPrefix)) continue;
      this.#found.set(key, await idb.get(custom, key));
    }
    const synced: unknown = await idb.get(custom, syncedKey);
    this.#serverHas = synced instanceof ArrayBuffer ? new Uint8Array(synced) : null;
    this.#lastKey = Number((await idb.getLastKey(updates)) ?? 0);
  }
}

/** Ids of the pieces of which this device holds edits of that person that may not be saved. */
export async function unsavedPieces(userId: string): Promise<string[]> {
  const pieces = await copiesOf(userId);
  const unsaved = await Promise.all(
    pieces.map(async (pieceId) => ((await hasMarks(nameOf(userId, pieceId))) ? pieceId : null)),
  );
  return unsaved.filter((pieceId) => pieceId !== null);
}

/** Takes a person's copies off this device, but for those with edits that may not be saved. */
export async function forgetSavedCopies(userId: string): Promise<void> {
  const unsaved = await unsavedPieces(userId);
  const saved = (await copiesOf(userId)).filter((pieceId) => !unsaved.includes(pieceId));
  await Promise.all(saved.map((pieceId) => idb.deleteDB(nameOf(userId, pieceId))));
}

async function copiesOf(userId: string): Promise<string[]> {
  const prefix = nameOf(userId, '');
  try {
    const databases = await indexedDB.databases();
    return databases.flatMap(({ name }) =>
      name?.startsWith(prefix) ? [name.slice(prefix.length)] : [],
    );
  } catch (error) {
    console.warn('What is kept on this device cannot be listed', error);
    return [];
  }
}

async function hasMarks(name: string): Promise<boolean> {
  const db = await idb.openDB(name, () => undefined);
  try {
    if (!db.objectStoreNames.contains(customStore)) return false;
    const [custom] = idb.transact(db, [customStore], 'readonly');
    const keys = custom === undefined ? [] : ((await idb.getAllKeys(custom)) as unknown[]);
    return keys.some((key) => typeof key === 'string' && key.startsWith(markPrefix));
  } finally {
    db.close();
  }
}

function nameOf(userId: string, pieceId: string): string {
  return `${namePrefix}:${userId}:${pieceId}`;
}

/** A write that fails shows in `isKept`. */
function ignoreFailure(write: Promise<unknown>): void {
  write.catch((error: unknown) => console.warn('Nothing can be kept on this device', error));
}
