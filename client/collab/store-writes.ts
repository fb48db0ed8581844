/** Whether what was written into a database is on the disk: y-indexeddb itself does not say. */
export class StoreWrites {
  readonly #pending = new Set<Promise<void>>();
  #failed = false;

  /** Watches the transactions that write into `store`, from now on. */
  constructor(db: IDBDatabase, store: string) {
    const begin = db.transaction.bind(db);
    db.transaction = (names, mode, options) => {
      const transaction = begin(names, mode, options);
      const writes = mode === 'readwrite' && transaction.objectStoreNames.contains(store);
      if (writes) this.#watch(transaction);
      return transaction;
    };
  }

  /** Resolves when all that began before has ended; false where some of it was not written. */
  async done(): Promise<boolean> {
    await Promise.all(this.#pending);
    return !this.#failed;
  }

  /** What was missing has been written in another way. */
  madeGood(): void {
    this.#failed = false;
  }

  #watch(transaction: IDBTransaction): void {
    const ended = new Promise<void>((resolve) => {
      transaction.addEventListener('complete', () => resolve());
      transaction.addEventListener('abort', () => {
        this.#failed = true;
        resolve();
      });
    });
    this.#pending.add(ended);
    void ended.then(() => this.#pending.delete(ended));
  }
}
