/** How the connections of one server are shared out. */
export interface PoolShares {
  /** The most that are open at once, in all. */
  readonly total: number;
  /** For single statements. */
  readonly statements: number;
  /** For transactions, one each. */
  readonly transactions: number;
  /** Of each thread with connections of its own, for single statements; */
  readonly ofThread: number;
  /** and for transactions; 0: they share the one for statements. */
  readonly transactionsOfThread: number;
}

/** The journal has one for what people type, and one for what is too long for a statement. */
const ofJournal = 2;
/** One hears of other servers, one tells them, and one is for saying that this one lives. */
const ofServers = 3;
/** Threads that read from the database: three for short work, two for long, one for packing. */
const threads = 6;

const fixed = ofJournal + ofServers;
/** A connection each for statements, for a transaction, and for every thread. */
export const leastPool = fixed + threads + 2;
export const usualPool = 38;

/** @param total - at least `leastPool` */
export function shareOut(total: number): PoolShares {
  // Of these three, the most that leaves the pool what it would have in the next smaller one.
  const [ofThread, transactionsOfThread] = total >= 38 ? [2, 1] : total >= 26 ? [1, 1] : [1, 0];
  const rest = total - fixed - threads * (ofThread + transactionsOfThread);
  const transactions = Math.floor(rest / 3) || 1;
  return { total, statements: rest - transactions, transactions, ofThread, transactionsOfThread };
}

export const usualShares = shareOut(usualPool);
