import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { SimulatedServer } from '../durability/simulated-server.ts';
import { RoomPen } from './room-pen.ts';

const people = ['ann', 'carol'] as const;
type Name = (typeof people)[number];

/** Ann and Carol have written, the server has lost what each of them wrote last, and Bob has it. */
async function afterCrash(lost: Record<Name, string> = { ann: 'A lost. ', carol: 'C lost. ' }) {
  const server = new SimulatedServer();
  await server.start();
  const docs = { ann: new Y.Doc(), carol: new Y.Doc() };
  const bob = new Y.Doc();
  for (const name of people) {
    docs[name].getText('body').insert(0, `${name} `);
    const pen = new RoomPen(server, name);
    pen.post(Y.encodeStateAsUpdate(docs[name]));
    expect(await pen.outcome()).toBe('saved');
    docs[name].getText('body').insert(0, lost[name]);
    Y.applyUpdate(bob, Y.encodeStateAsUpdate(docs[name]));
  }
  server.crash({ committed: false });
  await server.start();
  /** Resolves when what became of it is settled and stored. */
  const brings = async (name: string, doc: Y.Doc) => {
    const pen = new RoomPen(server, name);
    pen.post(Y.encodeStateAsUpdate(doc), 'step2');
    const expected = name === 'bob' ? 'waiting' : 'saved';
    expect(await pen.outcome()).toMatch(new RegExp(`${expected}|saved`));
    pen.leave();
    await flushed();
  };
  const flushed = async () => {
    let done = false;
    void server.room.refusals.flushed().then(() => (done = true));
    while (!done) {
      server.commit();
      await turn();
    }
  };
  const kept = () => {
    const row = server.unconfirmed.get('bob');
    if (row === undefined) return null;
    const all = Y.mergeUpdates([Y.encodeStateAsUpdate(server.journalled()), row.update]);
    const doc = new Y.Doc();
    Y.applyUpdate(doc, all);
    return doc.getText('body').toJSON();
  };
  return { server, docs, bob, brings, kept };
}

describe('P2 A2 words of two people that one passed on after a crash', () => {
  test.each([
    ['ann', 'carol'],
    ['carol', 'ann'],
  ] as const)('are kept until both have brought them: first %s, then %s', async (one, other) => {
    const { server, docs, bob, brings, kept } = await afterCrash();
    await brings('bob', bob);
    expect(kept()).toContain('A lost. ');
    expect(kept()).toContain('C lost. ');
    await brings(one, docs[one]);
    expect(kept()).toContain(other === 'ann' ? 'A lost. ' : 'C lost. ');
    await brings(other, docs[other]);
    expect(kept()).toBeNull();
    expect(server.journalled().getText('body').toJSON()).toContain('A lost. ');
  });

  test.each([
    ['ann', 'carol'],
    ['carol', 'ann'],
  ] as const)('also where a crash came between: of %s, then of %s', async (one, other) => {
    const { server, docs, brings, kept } = await afterCrash();
    const lost = { ann: 'A lost. ', carol: 'C lost. ' };
    await brings('bob', docs[one]);
    server.crash({ committed: true });
    await server.start();
    await brings('bob', docs[other]);
    await brings(other, docs[other]);
    expect(kept()).toContain(lost[one]);
    await brings(one, docs[one]);
    expect(kept()).toBeNull();
  });

  test('are kept where there is too much to compare, whoever comes', async () => {
    const { docs, brings, kept } = await afterCrash({
      ann: 'A lost. '.repeat(40_000),
      carol: 'C lost. ',
    });
    await brings('bob', docs.ann);
    await brings('bob', docs.carol);
    await brings('carol', docs.carol);
    expect(kept()).toContain('A lost. ');
  });

  test('are kept where some of them were never their author’s', async () => {
    const { server, docs, brings } = await afterCrash();
    const forged = new Y.Doc();
    Y.applyUpdate(forged, Y.encodeStateAsUpdate(server.journalled()));
    forged.clientID = docs.ann.clientID;
    forged.getText('body').insert(0, 'I resign');
    await brings('bob', forged);
    await brings('ann', docs.ann);
    await brings('bob', docs.carol);
    await brings('carol', docs.carol);
    const { update } = server.unconfirmed.get('bob')!;
    expect(Buffer.from(update).toString()).toContain('I resign');
  });
});
