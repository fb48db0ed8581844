import type { TestPerson } from '../support/people.ts';

/** The server that is attacked, a process of its own, and who and what can be made on it. */
export interface Ground {
  readonly url: string;
  readonly pid: number;
  /** Somebody who is signed in, with a token of their own. */
  person(name: string): Promise<TestPerson>;
  /** A piece of the admin's, as `POST /api/pieces` takes it; gives its id. */
  piece(piece?: Record<string, unknown>): Promise<string>;
  member(
    pieceId: string,
    person: TestPerson,
    role: 'owner' | 'writer' | 'reviewer' | 'reader',
  ): Promise<void>;
}

/**
 * What one person can do to a server to harm the rest. Tests run it and assert that what made it
 * harmful is gone; `npm run bench -- adversary` runs it while strangers type, and measures them.
 */
export interface Attack {
  /** What stands in the bench's row and in the test's title: who does what. */
  readonly name: string;
  /** Settings of the server that it needs, if any. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Makes what the attack needs; none of this is measured. The attack itself goes at full speed,
   * resolves when it is through, and ends soon after `signal` is aborted. The bench begins anew with
   * what is through, so that it lasts as long as what is measured.
   */
  prepare(ground: Ground): Promise<(signal: AbortSignal) => Promise<void>>;
}
