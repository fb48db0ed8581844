import type * as Y from 'yjs';
import { encodeSaved } from '../../../shared/protocol/messages.ts';
import { hasReached } from '../apply.ts';
import { frame } from '../frame.ts';
import { JournalChecks, type JournalChecksDeps } from './journal-checks.ts';
import type { Member } from '../member.ts';
import type { RoomJournal } from './room-journal.ts';
import type { Outstanding } from './saved.ts';
import { readUpdate } from '../updates/read-update.ts';
import { contradicts, WaitingStructs } from '../updates/same-words.ts';
import { thrownAway } from '../updates/thrown-away.ts';
import type { Refusal, Taken } from '../writing/outcome.ts';

export interface SavedReportsDeps extends Pick<JournalChecksDeps, 'pieceId' | 'reader' | 'log'> {
  readonly journal: RoomJournal;
  doc(): Y.Doc;
}

/** What has more bytes than this is compared off the event loop, with the journal (B1). */
const mostRead = 128 * 1024;

/** Tells the members of a room what of theirs is saved (D2). */
export class SavedReports {
  readonly #deps: SavedReportsDeps;
  readonly #checks: JournalChecks;
  readonly #waiting = new WaitingStructs();
  /** Those who have sent something that the document does not hold yet. */
  readonly #ahead = new Set<Member>();

  constructor(deps: SavedReportsDeps) {
    this.#deps = deps;
    this.#checks = new JournalChecks({ found: (member) => this.report(member), ...deps });
  }

  /** Notes what became of a sync message of a member, which held `update`. */
  account(member: Member, outcome: Taken | Refusal, update: Uint8Array): void {
    this.#note(member, outcome, update);
    this.advanced();
    if (!('refused' in outcome) && outcome.kept === null) this.report(member);
  }

  /** The document holds more than before: what was ahead of it may be part of it now. */
  advanced(): void {
    for (const member of this.#ahead) {
      const still = member.ledger?.advanced(
        (reach) => hasReached(this.#deps.doc(), reach),
        (message) => this.#reached(member, message),
      );
      if (still !== true) this.#ahead.delete(member);
      this.report(member);
    }
  }

  report(member: Member): void {
    const count = member.ledger?.committed(this.#deps.journal.committed) ?? null;
    if (count !== null) member.wire.write(frame(encodeSaved(count)));
  }

  left(member: Member): void {
    this.#ahead.delete(member);
    this.#checks.left(member);
  }

  close(): void {
    this.#checks.close();
  }

  #note(member: Member, outcome: Taken | Refusal, update: Uint8Array): void {
    const { ledger } = member;
    if (ledger === null) return;
    const ahead = 'refused' in outcome ? outcome.refused : outcome.ahead;
    if (ahead !== null) this.#ahead.add(member);
    if ('refused' in outcome) ledger.refused(ahead, update);
    else if (ahead !== null) ledger.receivedAhead(ahead, update);
    else if (outcome.inDoubt) this.#checks.ask(member, ledger.receivedInDoubt(update));
    else ledger.received(this.#deps.journal.position);
  }

  /** All ids of a message are in the document: with its words, or with what came before them. */
  #reached(member: Member, message: Outstanding): void {
    const bytes = message.updates.reduce((sum, { length }) => sum + length, 0);
    if (bytes > mostRead) {
      this.#checks.ask(member, message);
      return;
    }
    const doc = this.#deps.doc();
    const reads = message.updates.map(readUpdate);
    if (reads.some((read) => contradicts(doc, read, this.#waiting))) message.settle(Infinity);
    else if (reads.some((read) => thrownAway(doc, read))) this.#checks.ask(member, message);
    else message.settle(this.#deps.journal.position);
  }
}
