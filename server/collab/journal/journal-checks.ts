import { closeCode } from '../close-codes.ts';
import type { Member } from '../member.ts';
import type { Held, JournalReader, Log } from '../ports.ts';
import type { RoomJournal } from './room-journal.ts';
import type { Outstanding } from './saved.ts';

export interface JournalChecksDeps {
  readonly pieceId: string;
  readonly journal: Pick<RoomJournal, 'position' | 'whenSaved'>;
  readonly reader: JournalReader;
  readonly log: Log;
  /** A message of a member was found in the journal. */
  readonly found: (member: Member) => void;
}

interface Question {
  readonly member: Member;
  readonly message: Outstanding;
  /** The journal position that holds it, if any does. */
  readonly position: number;
  readonly bytes: number;
  tries: number;
}

/** So much of one member may wait to be looked for. What is more is not looked for, and never counts. */
const mostBytes = 1024 * 1024;
const mostTries = 5;
const retryMs = 1_000;

/**
 * Asks the journal whether it holds what the document cannot tell: words that came under ids of which
 * the document only knows that they are deleted (D2). That is rare, and dear: a piece is put together
 * from all its rows, off the event loop. So there is one question at a time for each room, on all that
 * has come meanwhile, and then a pause as long as the answer took.
 */
export class JournalChecks {
  readonly #deps: JournalChecksDeps;
  #waiting: Question[] = [];
  #running = false;
  #closed = false;

  constructor(deps: JournalChecksDeps) {
    this.#deps = deps;
  }

  /** Counts a message as saved once the journal is found to hold its words; else the member is closed: where the
   * journal has none of them, to come back, as who brings words after a crash that another has deleted. */
  ask(member: Member, message: Outstanding): void {
    const bytes = message.updates.reduce((sum, { length }) => sum + length, 0);
    const theirs = this.#waiting.filter((question) => question.member === member);
    if (theirs.reduce((sum, question) => sum + question.bytes, bytes) > mostBytes) {
      message.settle(Infinity);
      return;
    }
    const { position } = this.#deps.journal;
    this.#waiting.push({ member, message, position, bytes, tries: 0 });
    if (!this.#running) void this.#run();
  }

  left(member: Member): void {
    this.#waiting = this.#waiting.filter((question) => question.member !== member);
  }

  close(): void {
    this.#closed = true;
    this.#waiting = [];
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0 && !this.#closed) {
      const asked = this.#waiting;
      this.#waiting = [];
      await pause(await this.#look(asked));
    }
    this.#running = false;
  }

  /** Returns for how long to pause, in ms. */
  async #look(asked: readonly Question[]): Promise<number> {
    const { pieceId, journal, reader, log } = this.#deps;
    const from = performance.now();
    try {
      await journal.whenSaved();
      const held = await reader.holds(
        pieceId,
        asked.map(({ message }) => message.updates),
      );
      asked.forEach((question, i) => this.#settle(question, held[i] ?? 'unknown'));
      return performance.now() - from;
    } catch (err) {
      if (this.#closed) return 0;
      log.warn({ err, pieceId }, 'cannot look into the journal for what a client sent');
      for (const question of asked) {
        question.tries++;
        if (question.tries === mostTries) question.message.settle(Infinity);
      }
      this.#waiting.unshift(...asked.filter(({ tries }) => tries < mostTries));
      return retryMs;
    }
  }

  #settle({ member, message, position }: Question, held: Held): void {
    if (this.#closed) return;
    if (held === 'held') {
      message.settle(position);
      this.#deps.found(member);
    } else if (held === 'other') {
      member.wire.close(closeCode.badFrame, 'other words under ids that are taken');
    } else member.wire.close(closeCode.overloaded, 'deleted words; come back for what is here');
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
