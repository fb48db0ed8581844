import * as Y from 'yjs';
import { checkStateVector, encodeSync } from '../../../shared/protocol/messages.ts';
import { frame } from '../frame.ts';
import type { Member } from '../member.ts';
import type { Meter } from '../meter.ts';
import type { LiveDocument } from './live-document.ts';
import type { RoomPause } from './room-pause.ts';

export interface SyncProtocolDeps {
  readonly members: ReadonlySet<Member>;
  readonly pause: RoomPause;
  readonly document: LiveDocument;
  /** What each person takes of answers, in bytes. */
  readonly answers: Meter;
}

/** What an answer costs beside its bytes, in bytes: a look at each clientID. */
const leastAnswerCost = 8 * 1024;

/**
 * The questions of the sync protocol, both ways: what the document does not have, and what a client does
 * not have. Both are about a whole document only: half of an update that is taken back would never be
 * asked for again.
 */
export class SyncProtocol {
  readonly #deps: SyncProtocolDeps;

  constructor(deps: SyncProtocolDeps) {
    this.#deps = deps;
  }

  /** The message that asks a client for what the document does not have, once that is sound. */
  async question(): Promise<Uint8Array> {
    const { pause } = this.#deps;
    while (!pause.sound) await pause.whenSound();
    return this.#question();
  }

  /** Asks a member for what the document does not have, now or once that is sound. */
  ask(member: Member): void {
    const { pause, members } = this.#deps;
    if (pause.sound) member.wire.write(frame(this.#question()));
    else {
      pause.onceSound(() => {
        if (members.has(member)) this.ask(member);
      });
    }
  }

  /**
   * Answers at once, or when whoever asks has their share again: a client asks once for each of its
   * connections. What it says meanwhile waits, so at most one answer to it is in memory.
   */
  hear(member: Member, stateVector: Uint8Array): void {
    checkStateVector(stateVector);
    const { document, answers } = this.#deps;
    const cost = leastAnswerCost + document.sync.atMost;
    const waitMs = answers.take(member.person.id, cost);
    if (waitMs === 0) this.#answer(member, stateVector);
    else member.wire.hold(this.#answerLater(member, stateVector.slice(), waitMs));
  }

  #question(): Uint8Array {
    return encodeSync('step1', Y.encodeStateVector(this.#deps.document.doc));
  }

  async #answerLater(member: Member, stateVector: Uint8Array, waitMs: number): Promise<void> {
    const { pause, members } = this.#deps;
    await new Promise((resolve) => setTimeout(resolve, waitMs).unref());
    while (!pause.sound) await pause.whenSound();
    if (members.has(member)) this.#answer(member, stateVector);
  }

  #answer(member: Member, stateVector: Uint8Array): void {
    const { id } = member.person;
    for (const part of this.#deps.document.sync.answer(stateVector, id)) member.wire.write(part);
  }
}
