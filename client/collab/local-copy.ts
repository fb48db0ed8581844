import * as idb from 'lib0/indexeddb';
import * as Y from 'yjs';
import type { DeviceKeys } from '../device/keys.ts';
import { seal, unseal, type Sealed } from '../device/seal.ts';
import { settled } from '../device/settled.ts';
import {
  dropSaved,
  markPrefix,
  nameOf,
  openStore,
  readMarks,
  sessionKey,
  storesOf,
  syncedKey,
  write,
  type Row,
} from './copy-store.ts';

/** With more rows than that, they become one. */
const mostRows = 400;

interface Update {
  readonly update: Uint8Array;
  readonly unsaved: boolean;
}

/** A row of unsaved words that is on the disk. */
interface Unsaved {
  readonly key: IDBValidKey;
  readonly update: Uint8Array;
}

/**
 * The copy of a piece on this device (IndexedDB), with a note of whose edits in it the server may
 * not have. One for each person: nobody's unsaved words are ever sent in another's name (P2).
 *
 * What the server has is sealed with the session's key, and what was written here with the person's
 * until the server has it (P4): a session that ends takes the text along, and leaves unsaved words.
 */
export class LocalCopy {
  readonly name: string;
  readonly #keys: DeviceKeys;
  readonly #db: IDBDatabase;
  readonly #doc: Y.Doc;
  readonly #mark: string;
  readonly #onLost: () => void;
  /** Marks of earlier pages that were here at the start, with what they said. */
  readonly #found = new Map<string, unknown>();
  #marks = 0;
  #marksWritten = 0;
  #serverHas: Uint8Array | null = null;
  /** What is not on the disk yet, in order. */
  #waiting: Update[] = [];
  #unsaved: Unsaved[] = [];
  #saved: IDBValidKey[] = [];
  #writing: Promise<boolean> | null = null;
  readonly #notes = new Set<Promise<void>>();
  #lost = false;

  private constructor(
    name: string,
    keys: DeviceKeys,
    parts: { readonly db: IDBDatabase; readonly doc: Y.Doc; readonly onLost: () => void },
  ) {
    this.name = name;
    this.#keys = keys;
    this.#db = parts.db;
    this.#doc = parts.doc;
    this.#mark = `${markPrefix}${parts.doc.clientID}`;
    this.#onLost = parts.onLost;
    // Another tab takes the copy away as its person signs out, or the browser does.
    this.#db.onversionchange = () => this.#lose();
    this.#db.onclose = () => this.#lose();
  }

  /**
   * Reads the copy into `doc` and keeps it equal from then on. Null where the device keeps nothing.
   * `onLost` is called if the copy is taken away meanwhile.
   */
  static async open(
    keys: DeviceKeys,
    pieceId: string,
    doc: Y.Doc,
    onLost: () => void,
  ): Promise<LocalCopy | null> {
    try {
      const name = await nameOf(keys, pieceId);
      const copy = new LocalCopy(name, keys, { db: await openStore(name, keys.mark), doc, onLost });
      await copy.#read();
      return copy;
    } catch (error) {
      // Private windows and full disks have no database. The session says so, and goes on without.
      console.warn('Nothing can be kept on this device', error);
      return null;
    }
  }

  /** The session that this copy goes with. */
  get session(): string {
    return this.#keys.mark;
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
  }

  /** Takes up what was written before the copy was open: an update that no server may have. */
  keepUnsaved(update: Uint8Array): void {
    this.markUnsaved();
    this.#store({ update, unsaved: true });
  }

  /** Resolves when what was written so far is on the disk; false where it is not. */
  async isKept(): Promise<boolean> {
    // What is being written began before: another look takes what has come since, or was not taken.
    return (await this.#flush()) && (await this.#flush());
  }

  /** The server has what is in this state vector. */
  noteServerHas(state: Uint8Array): void {
    this.#serverHas = state;
    void this.#note(async () => {
      const sealed = await seal(this.#keys.session, state);
      await write(this.#db, ({ custom }) => void custom.put(sealed, syncedKey));
    });
  }

  /** The server has all that is in the document now. */
  async allSaved(): Promise<void> {
    if (this.#lost) return;
    const marks = this.#marks;
    const state = Y.encodeStateVector(this.#doc);
    this.#serverHas = state;
    await this.#note(async () => {
      if (!(await this.isKept()) || this.#lost) return;
      const rows = this.#marks === marks ? this.#unsaved : [];
      const [synced, row] = await Promise.all([
        seal(this.#keys.session, state),
        this.#sealed(rows.length === 0 ? null : merged(rows), false),
      ]);
      await write(this.#db, async ({ updates, custom }) => {
        custom.put(synced, syncedKey);
        const found = [...this.#found].map(async ([mark, said]) => {
          // A page beside this one that has gone on writing has said something else since.
          if ((await idb.get(custom, mark)) === said) custom.delete(mark);
        });
        if (this.#marks === marks) custom.delete(this.#mark);
        // They are the server's now, and go with the session as all else does.
        for (const { key } of rows) updates.delete(key);
        if (row !== null) this.#saved.push(await settled(updates.add(row)));
        await Promise.all(found);
      });
      this.#unsaved = this.#unsaved.filter((each) => !rows.includes(each));
      this.#found.clear();
    });
  }

  /** Resolves when what was written is on the disk, as far as it takes it. */
  async close(): Promise<void> {
    this.#doc.off('update', this.#changed);
    await Promise.all([this.isKept(), ...this.#notes]);
    this.#db.close();
  }

  readonly #changed = (
    update: Uint8Array,
    origin: unknown,
    _doc: Y.Doc,
    { local }: Y.Transaction,
  ): void => {
    if (origin !== this) this.#store({ update, unsaved: local });
  };

  #store(update: Update): void {
    if (this.#lost) return;
    this.#waiting.push(update);
    void this.#flush();
  }

  /** Writes what waits; false where that did not work. What did not get there waits on. */
  #flush(): Promise<boolean> {
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  async #drain(): Promise<boolean> {
    while (this.#waiting.length > 0) {
      if (this.#lost) return false;
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(batch);
      } catch (error) {
        this.#waiting = [...batch, ...this.#waiting];
        console.warn('Nothing can be kept on this device', error);
        return false;
      }
    }
    return !this.#lost;
  }

  async #write(batch: readonly Update[]): Promise<void> {
    const own = mergeOf(batch.filter(({ unsaved }) => unsaved));
    const rest = mergeOf(batch.filter(({ unsaved }) => !unsaved));
    const marks = this.#marks;
    // Row by row they would be slow to open.
    const full = this.#unsaved.length >= mostRows ? this.#unsaved : [];
    const unsaved = own && merged([...full, { update: own }]);
    const folded = this.#saved.length >= mostRows ? this.#saved : [];
    const saved = folded.length > 0 ? Y.encodeStateAsUpdate(this.#doc) : rest;
    const rows = await Promise.all([this.#sealed(unsaved, true), this.#sealed(saved, false)]);
    let keys: (IDBValidKey | null)[] = [];
    await write(this.#db, async ({ updates, custom }) => {
      if (marks !== this.#marksWritten) custom.put(marks, this.#mark);
      for (const key of folded) updates.delete(key);
      if (unsaved) for (const { key } of full) updates.delete(key);
      keys = await Promise.all(rows.map(async (row) => row && settled(updates.add(row))));
    });
    this.#marksWritten = marks;
    const [unsavedKey = null, savedKey = null] = keys;
    if (unsaved && unsavedKey !== null) {
      const left = this.#unsaved.filter((each) => !full.includes(each));
      this.#unsaved = [...left, { key: unsavedKey, update: unsaved }];
    }
    if (savedKey !== null) {
      this.#saved = [...this.#saved.filter((key) => !folded.includes(key)), savedKey];
    }
  }

  async #sealed(update: Uint8Array | null, unsaved: boolean): Promise<Row | null> {
    if (update === null) return null;
    const { person, session } = this.#keys;
    return { ...(await seal(unsaved ? person : session, update)), unsaved };
  }

  /** Does what is to be done beside the rows; what fails is not noted, which loses nothing. */
  #note(act: () => Promise<void>): Promise<void> {
    if (this.#lost) return Promise.resolve();
    const noting = act().catch((error: unknown) => {
      // A mark stays: the next page asks the server once more.
      if (!this.#lost) console.warn('Nothing can be noted on this device', error);
    });
    this.#notes.add(noting);
    return noting.finally(() => this.#notes.delete(noting));
  }

  #lose(): void {
    this.#db.close();
    if (this.#lost) return;
    this.#lost = true;
    this.#doc.off('update', this.#changed);
    this.#onLost();
  }

  async #read(): Promise<void> {
    const { session, person, mark } = this.#keys;
    const written: unknown = await idb.get(storesOf(this.#db).custom, sessionKey);
    if (written !== mark) {
      // What an earlier session left can be read no longer.
      await dropSaved(this.#db);
      await write(this.#db, ({ custom }) => void custom.put(mark, sessionKey));
    }
    const { updates, custom } = storesOf(this.#db);
    const [keys, rows, marks, synced] = await Promise.all([
      idb.getAllKeys(updates) as Promise<IDBValidKey[]>,
      idb.getAll(updates) as Promise<Row[]>,
      readMarks(custom),
      idb.get(custom, syncedKey) as Promise<unknown>,
    ]);
    for (const [found, said] of marks) this.#found.set(found, said);
    const read = await Promise.all(
      rows.map((row) => readable(unseal(row.unsaved ? person : session, row))),
    );
    this.#serverHas =
      synced === undefined ? null : await readable(unseal(session, synced as Sealed));
    this.#take(keys, rows, read);
  }

  #take(keys: IDBValidKey[], rows: Row[], read: (Uint8Array | null)[]): void {
    const doc = this.#doc;
    const before = Y.encodeStateVector(doc);
    doc.on('update', this.#changed);
    const put = () => {
      for (const update of read) if (update !== null) Y.applyUpdate(doc, update, this);
    };
    Y.transact(doc, put, this, false);
    keys.forEach((key, i) => {
      const update = read[i];
      if (rows[i]?.unsaved !== true) this.#saved.push(key);
      else if (update) this.#unsaved.push({ key, update });
    });
    // What was here before the copy was: nobody has stored it.
    if (before.length > 1) this.#store({ update: Y.encodeStateAsUpdate(doc), unsaved: false });
  }
}

/** A row that cannot be read, as of a copy that was tampered with, is as good as none. */
async function readable(bytes: Promise<Uint8Array>): Promise<Uint8Array | null> {
  try {
    return await bytes;
  } catch (error) {
    console.warn('Something on this device cannot be read', error);
    return null;
  }
}

function mergeOf(updates: readonly Update[]): Uint8Array | null {
  return updates.length === 0 ? null : merged(updates);
}

function merged(updates: readonly { readonly update: Uint8Array }[]): Uint8Array {
  const [first] = updates;
  return first !== undefined && updates.length === 1
    ? first.update
    : Y.mergeUpdates(updates.map(({ update }) => update));
}
