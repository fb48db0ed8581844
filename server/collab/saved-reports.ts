import type * as Y from 'yjs';
import { encodeSaved } from '../../shared/protocol/messages.ts';
import { hasReached, type Applied } from './apply.ts';
import { frame } from './frame.ts';
import type { Member } from './member.ts';
import type { RoomJournal } from './room-journal.ts';
import type { Refusal } from './writing.ts';

/** Tells the members of a room what of theirs is saved (D2). */
export class SavedReports {
  readonly #journal: RoomJournal;
  readonly #doc: () => Y.Doc;
  /** Those who have sent something that the document does not hold yet. */
  readonly #ahead = new Set<Member>();

  constructor(journal: RoomJournal, doc: () => Y.Doc) {
    this.#journal = journal;
    this.#doc = doc;
  }

  /** Notes what became of a sync message of a member. */
  account(member: Member, outcome: Applied | Refusal): void {
    const { ledger } = member;
    if ('refused' in outcome) {
      ledger?.refused(outcome.refused);
      if (ledger !== null && outcome.refused !== null) this.#ahead.add(member);
      this.advanced();
      return;
    }
    const { kept, ahead } = outcome;
    if (ahead === null) ledger?.received(this.#journal.position);
    else if (ledger !== null) {
      ledger.receivedAhead(ahead);
      this.#ahead.add(member);
    }
    this.advanced();
    if (kept === null) this.report(member);
  }

  /** The document holds more than before: what was ahead of it may be part of it now. */
  advanced(): void {
    for (const member of this.#ahead) {
      const { ledger } = member;
      const has = (reach: ReadonlyMap<number, number>) => hasReached(this.#doc(), reach);
      if (ledger?.advanced(has, this.#journal.position) !== true) this.#ahead.delete(member);
      this.report(member);
    }
  }

  report(member: Member): void {
    const count = member.ledger?.committed(this.#journal.committed) ?? null;
    if (count !== null) member.wire.write(frame(encodeSaved(count)));
  }

  left(member: Member): void {
    this.#ahead.delete(member);
  }
}
