/** A kind of work that any server may do; `Payload` is what one job of it says. */
export interface JobKind<Payload extends object = object> {
  /** Of its queue. Is a label of the metrics, and stays in the database: it does not change. */
  readonly name: string;
  /**
   * How long a server has for one job, in seconds, before another may do it. It is not renewed: what
   * does a job has to end by itself before.
   */
  readonly leaseSeconds: number;
  /** How often it is tried again. */
  readonly retries: number;
  /** From the first failure to the next try, in seconds, or up to twice that; each further time twice as long. */
  readonly retryAfterSeconds: number;
  /** Never read: it ties the payload to the kind. */
  readonly payload?: Payload;
}

export interface OfPiece {
  readonly pieceId: string;
}

/** Full blocks of a piece's journal are packed while people write on. */
export const packPiece: JobKind<OfPiece> = {
  name: 'pack',
  // A thread gives up after 60 s; beside it there are statements of 30 s at most.
  leaseSeconds: 180,
  retries: 4,
  retryAfterSeconds: 30,
};

/** Nobody has written in a piece for some time: keeps a version, thins old ones, packs the rest. */
export const tendQuietPiece: JobKind<OfPiece> = {
  name: 'quiet',
  leaseSeconds: 300,
  retries: 4,
  retryAfterSeconds: 30,
};

/** All there are: each has its queue in the database (`install.ts`). */
export const jobKinds: readonly JobKind[] = [packPiece, tendQuietPiece];
