import type { HeardState } from '../replication/messages.ts';
import type { Presence, Speaker } from './presence.ts';

/** Somebody who is on another server. Whoever of the same person is here came later, as far as is known. */
export class Elsewhere implements Speaker {
  readonly server: string;
  readonly person: Speaker['person'];
  /** Their states are stamped with what they are. */
  readonly role = 'reader';
  readonly order = -1;

  constructor(server: string, userId: string) {
    this.server = server;
    this.person = { id: userId, name: '', color: '' };
  }
}

/** Those who are in a piece on other servers, in its presence. */
export class PresenceElsewhere<S extends Speaker> {
  readonly #presence: Presence<S | Elsewhere>;
  readonly #people = new Map<string, Map<string, Elsewhere>>();

  constructor(presence: Presence<S | Elsewhere>) {
    this.#presence = presence;
  }

  /** Takes what a server says of those who are there; gives the clientIDs to hand on. */
  hear(server: string, states: readonly HeardState[]): number[] {
    const changed: number[] = [];
    for (const state of states) {
      if (this.#presence.hearFrom(this.#of(server, state), state)) changed.push(state.clientId);
    }
    return changed;
  }

  /** A server says under which clientIDs somebody is there; gives those that are nobody's any more. */
  keep(server: string, clientIds: readonly number[]): number[] {
    return this.#presence.leaveAll((one) => isAt(one, server), new Set(clientIds));
  }

  /** A server has let the piece go, or has ended; gives the clientIDs to hand on. */
  drop(server: string): number[] {
    this.#people.delete(server);
    return this.#presence.leaveAll((one) => isAt(one, server));
  }

  /** Who has gone is told by the clientID alone. */
  #of(server: string, { clientId, userId }: HeardState): Elsewhere {
    if (userId === '') {
      const owner = this.#presence.speakerOf(clientId);
      if (owner instanceof Elsewhere && owner.server === server) return owner;
    }
    const people = this.#people.get(server) ?? new Map<string, Elsewhere>();
    this.#people.set(server, people);
    const one = people.get(userId) ?? new Elsewhere(server, userId);
    people.set(userId, one);
    return one;
  }
}

const isAt = (speaker: Speaker, server: string) =>
  speaker instanceof Elsewhere && speaker.server === server;
