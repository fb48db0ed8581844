import { describe, expect, test } from 'vitest';
import {
  applyAwarenessUpdate,
  Awareness,
  encodeAwarenessUpdate,
  removeAwarenessStates,
} from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { PresenceState } from '../../server/collab/frame.ts';
import { Presence, type Speaker } from '../../server/collab/presence/presence.ts';
import { encodePresenceEntry, joinPresence } from '../../shared/protocol/presence.ts';

const ann = { id: 'u-ann', name: 'Ann Author', color: '#b3261e' };
const bob = { id: 'u-bob', name: 'Bob Reader', color: '#00639b' };
let order = 0;
const speaker = (person: typeof ann, role: Speaker['role'] = 'writer'): Speaker => ({
  person,
  role,
  order: ++order,
});

const said = (clientId: number, clock: number, state: object | null) =>
  joinPresence([encodePresenceEntry(clientId, clock, JSON.stringify(state))]);

const encode = (states: readonly PresenceState[]) =>
  joinPresence(states.map((s) => encodePresenceEntry(s.clientId, s.clock, s.json)));

/** What a stock client ends up seeing. */
function seen(presence: Presence<Speaker>): Map<number, Record<string, unknown>> {
  const awareness = new Awareness(new Y.Doc());
  awareness.setLocalState(null);
  applyAwarenessUpdate(awareness, encode(presence.present()), null);
  const states = new Map(awareness.getStates()) as Map<number, Record<string, unknown>>;
  awareness.destroy();
  return states;
}

describe('P2 presence says who is signed in, as the server knows it', () => {
  test('a forged name is replaced, the rest of the state is kept', () => {
    const presence = new Presence<Speaker>();
    const forged = { user: { name: 'Editor-in-Chief', id: 'u-ann' }, cursor: { anchor: 4 } };
    presence.hear(speaker(bob, 'reader'), said(9, 1, forged));
    expect(seen(presence).get(9)).toEqual({
      user: { id: 'u-bob', name: 'Bob Reader', color: '#00639b', role: 'reader' },
      cursor: { anchor: 4 },
    });
  });

  test("another connection's clientID cannot be spoken for, nor removed", () => {
    const presence = new Presence<Speaker>();
    presence.hear(speaker(ann), said(1, 1, { cursor: 1 }));
    const foreign = speaker(bob);
    expect(presence.hear(foreign, said(1, 9, { cursor: 7 })).changed).toEqual([]);
    expect(presence.hear(foreign, said(1, 10, null)).changed).toEqual([]);
    expect(seen(presence).get(1)).toMatchObject({ cursor: 1, user: { name: 'Ann Author' } });
  });

  test('echoes, as stock clients send them, change nothing', () => {
    const presence = new Presence<Speaker>();
    presence.hear(speaker(ann), said(1, 5, { cursor: 1 }));
    const heard = presence.hear(speaker(bob), encode(presence.states([1])));
    expect(heard).toEqual({ changed: [], answer: [] });
  });

  test('a reconnected client takes over from its own dead connection', () => {
    const presence = new Presence<Speaker>();
    const dead = speaker(ann);
    presence.hear(dead, said(1, 5, { cursor: 1 }));
    const back = speaker(ann);
    expect(presence.hear(back, said(1, 6, { cursor: 2 })).changed).toEqual([1]);
    expect(presence.leave(dead), 'the dead one has nothing left to take away').toEqual([]);
    expect(seen(presence).get(1)).toMatchObject({ cursor: 2 });
  });
});

describe('leaving and coming back', () => {
  test('a client that comes back with the clock it had is seen again', () => {
    const presence = new Presence<Speaker>();
    const first = speaker(ann);
    const client = new Awareness(new Y.Doc());
    client.setLocalState({ cursor: 1 });
    const own = () => encodeAwarenessUpdate(client, [client.clientID]);
    presence.hear(first, own());
    presence.leave(first);
    expect(seen(presence).size).toBe(0);

    const again = speaker(ann);
    const heard = presence.hear(again, own());
    expect(heard).toEqual({ changed: [], answer: [client.clientID] });
    applyAwarenessUpdate(client, encode(presence.states(heard.answer)), null);
    expect(presence.hear(again, own()).changed).toEqual([client.clientID]);
    expect(seen(presence).get(client.clientID)).toMatchObject({ cursor: 1 });
    client.destroy();
  });

  test('a late echo does not bring back who has left', () => {
    const presence = new Presence<Speaker>();
    const first = speaker(ann);
    presence.hear(first, said(1, 5, { cursor: 1 }));
    const echo = encode(presence.states([1]));
    presence.leave(first);
    expect(presence.hear(speaker(bob), echo).changed).toEqual([]);
    expect(seen(presence).size).toBe(0);
  });

  test('everybody is told of a leaving with a clock that stock clients accept', () => {
    const presence = new Presence<Speaker>();
    const first = speaker(ann);
    presence.hear(first, said(1, 5, { cursor: 1 }));
    const other = new Awareness(new Y.Doc());
    applyAwarenessUpdate(other, encode(presence.states([1])), null);
    expect(other.getStates().has(1)).toBe(true);
    applyAwarenessUpdate(other, encode(presence.states(presence.leave(first))), null);
    expect(other.getStates().has(1)).toBe(false);
    other.destroy();
  });

  test('a client that says itself that it has left is gone for the others', () => {
    const presence = new Presence<Speaker>();
    const client = new Awareness(new Y.Doc());
    client.setLocalState({ cursor: 1 });
    const speaking = speaker(ann);
    presence.hear(speaking, encodeAwarenessUpdate(client, [client.clientID]));
    removeAwarenessStates(client, [client.clientID], 'test');
    presence.hear(speaking, encodeAwarenessUpdate(client, [client.clientID], new Map()));
    expect(seen(presence).size).toBe(0);
    client.destroy();
  });
});

test('what a client says while its role is changed is shown, and the client counts on from there', () => {
  const presence = new Presence<{ person: typeof ann; role: Speaker['role']; order: number }>();
  const member = { ...speaker(ann) };
  const client = new Awareness(new Y.Doc());
  const own = () => encodeAwarenessUpdate(client, [client.clientID]);
  client.setLocalState({ cursor: 1 });
  presence.hear(member, own());
  for (const role of ['reviewer', 'writer', 'owner'] as const) {
    client.setLocalState({ cursor: role });
    const onItsWay = own();
    member.role = role;
    presence.restamp(member);
    let heard = presence.hear(member, onItsWay);
    expect(heard.changed).toEqual([client.clientID]);
    // A stock client says what it is told of itself again, and is answered once.
    for (let turns = 0; heard.answer.length > 0; turns++) {
      expect(turns).toBe(0);
      applyAwarenessUpdate(client, encode(presence.states(heard.answer)), null);
      heard = presence.hear(member, own());
    }
    expect(heard).toEqual({ changed: [], answer: [] });
    expect(seen(presence).get(client.clientID)).toMatchObject({ cursor: role, user: { role } });
  }
  client.destroy();
});

describe('P2 C3 people at another server', () => {
  const presence = new Presence<Speaker>();
  const watching = new Awareness(new Y.Doc());
  watching.setLocalState(null);
  const told = (clientIds: readonly number[]) =>
    applyAwarenessUpdate(watching, encode(presence.states(clientIds)), null);
  const heard = (server: Speaker, clock: number, state: object | null) => {
    const news = presence.hearFrom(server, { clientId: 1, clock, json: JSON.stringify(state) });
    if (news) told([1]);
    return news;
  };

  test('who comes back there, or at a third, with the clock that they had is seen again at once, and what they do then', () => {
    const ways = {
      'the server was taken for dead': (server: Speaker) =>
        told(presence.leaveAll((one) => one === server)),
      'the connection was lost, and its room let go': (server: Speaker, clock: number) =>
        heard(server, clock + 1, null),
      'they left by themselves': (server: Speaker, clock: number) => heard(server, clock, null),
    };
    for (const [at, [way, go]] of Object.entries(ways).entries()) {
      const before = 5 + 10 * at;
      const server = speaker(ann, 'reader');
      heard(server, before, { cursor: before });
      go(server, before);
      expect(watching.getStates().has(1), way).toBe(false);
      const again = at % 2 === 0 ? server : speaker(ann, 'reader');
      for (const clock of [before, before + 1, before + 2]) {
        expect(heard(again, clock, { cursor: clock })).toBe(true);
        expect(watching.getStates().get(1)).toEqual({ cursor: clock });
      }
      expect(heard(again, before + 2, null)).toBe(true);
      expect(watching.getStates().has(1)).toBe(false);
    }
  });

  test('what they had done before that is no news', () => {
    const server = speaker(ann, 'reader');
    heard(server, 20, { cursor: 20 });
    told(presence.leaveAll((one) => one === server));
    expect(heard(server, 19, { cursor: 19 })).toBe(false);
    expect(watching.getStates().has(1)).toBe(false);
    watching.destroy();
  });
});

test('a changed role is stamped into the states that are there', () => {
  const presence = new Presence<{ person: typeof ann; role: Speaker['role']; order: number }>();
  const member = { ...speaker(ann) };
  presence.hear(member, said(1, 1, { cursor: 3 }));
  member.role = 'reviewer';
  expect(presence.restamp(member)).toEqual([1]);
  expect(seen(presence).get(1)).toMatchObject({ cursor: 3, user: { role: 'reviewer' } });
});
