import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import { seenByNewcomer } from '../durability/desk.ts';
import { createPiece } from '../support/clients.ts';
import { addMember, createPerson } from '../support/people.ts';
import { runSeed, seeded } from '../support/random.ts';
import { deadline, rounds } from '../support/test-length.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { until } from '../support/until.ts';
import { encodePresence, encodeSync } from '../../shared/protocol/messages.ts';
import { encodePresenceEntry, joinPresence } from '../../shared/protocol/presence.ts';
import { broken, bytes, goodUpdate } from './broken-updates.ts';
import { Pen } from './pen.ts';

let server: TestRunningServer;
let pieceId: string;
beforeAll(async () => {
  server = await startRunningServer();
});
afterAll(() => server.stop());

async function newPiece(): Promise<void> {
  pieceId = await createPiece(server, { content: 'First words.' });
}

async function open(options: Parameters<typeof Pen.open>[2] = {}): Promise<Pen> {
  const pen = await Pen.open(server, pieceId, options);
  onTestFinished(() => pen.close());
  return pen;
}

const bodySeen = async () => (await seenByNewcomer(server, pieceId)).getText('body').toJSON();

describe('D2 R3 an update that the document would not hold is closed with 4400, and never called saved', () => {
  beforeAll(newPiece);

  test.each(Object.keys(broken))('%s', async (kind) => {
    const seed = runSeed();
    const random = seeded(seed);
    for (const step of ['update', 'step2'] as const) {
      const from = await seenByNewcomer(server, pieceId);
      const pen = await open({ from });
      await pen.send(pen.write(`kept by ${step}, ${kind}; `));
      expect([pen.saved, pen.code]).toEqual([1, null]);
      const words = `lost by ${step}, ${kind}; `;
      await pen.send(broken[kind]!({ doc: pen.doc, words, random }), step);
      expect([pen.saved, pen.code], `${step}, SEED=${seed}`).toEqual([1, 4400]);
      const seen = await bodySeen();
      expect(seen).toContain(`kept by ${step}, ${kind}; `);
      expect(seen).not.toContain('lost');
    }
  });

  test('bytes behind a state vector or a presence, too', async () => {
    const presence = joinPresence([encodePresenceEntry(1, 1, '{"cursor":null}')]);
    const frames = [
      encodeSync('step1', bytes(0, 0)),
      encodeSync('step1', bytes(1, 5, 5, 7)),
      encodeSync('step1', bytes(2, 5, 5)),
      encodeSync('step1', new Uint8Array()),
      encodePresence(bytes(presence, 0)),
      encodePresence(bytes(presence, presence)),
      encodePresence(bytes(2, presence.subarray(1))),
      encodePresence(bytes(0, presence.subarray(1))),
    ];
    for (const frame of frames) {
      const pen = await open();
      pen.frame(frame);
      await until('it is closed', () => pen.code !== null);
      expect(pen.code, frame.join()).toBe(4400);
    }
  });
});

describe('two connections with one clientID', () => {
  beforeAll(newPiece);

  test('D2 different words: the second gets 4400, and only what stands there is called saved', async () => {
    const [one, other] = [await open({ clientID: 77 }), await open({ clientID: 77 })];
    await one.send(one.write('One wrote this. '));
    await other.send(other.write('Other wrote that. '));
    expect([one.saved, one.code, other.saved, other.code]).toEqual([1, null, 0, 4400]);
    expect(await bodySeen()).toContain('One wrote this. ');
  });

  test('D2 also such that build on words which are not here yet', async () => {
    const [one, other] = [await open({ clientID: 78 }), await open({ clientID: 78 })];
    const first = one.write('Below. ');
    Y.applyUpdate(other.doc, first);
    other.doc.clientID = 78;
    one.post(one.write('One. ', 7));
    await one.heard();
    await other.send(other.write('Two. ', 7));
    expect([one.saved, other.saved, other.code]).toEqual([0, 0, 4400]);
    await one.send(first);
    expect(one.saved).toBe(2);
    expect(await bodySeen()).toContain('Below. One. ');
  });

  test('the same words are no quarrel: again after a reconnection, as a whole state, by who has them from others, deleted meanwhile', async () => {
    const ann = await open();
    const words = ann.write('Ann and 🙂 wrote this. ');
    ann.doc.getText('body').format(0, 3, { bold: true });
    ann.doc.getText('body').insertEmbed(4, { divider: true });
    await ann.send(Y.encodeStateAsUpdate(ann.doc));
    const again = await open({ from: ann.doc, clientID: ann.doc.clientID });
    for (const step of ['update', 'step2'] as const) {
      await again.send(words, step);
      await again.send(Y.encodeStateAsUpdate(ann.doc), step);
    }
    expect([again.saved, again.code]).toEqual([4, null]);
    const person = await createPerson(server, 'Ben');
    await addMember(server, pieceId, person, 'writer');
    const ben = await open({ from: ann.doc, token: person.token });
    await ben.send(Y.encodeStateAsUpdate(ben.doc), 'update');
    const before = Y.encodeStateVector(ben.doc);
    const body = ben.doc.getText('body');
    // Half of a pair of units too: Yjs then puts a replacement for each half.
    body.delete(2, 9);
    await ben.send(Y.encodeStateAsUpdate(ben.doc, before));
    for (const pen of [ann, again, ben]) {
      await pen.send(words, 'update');
      await pen.send(Y.encodeStateAsUpdate(ann.doc), 'step2');
      await pen.send(Y.encodeStateAsUpdate(ben.doc), 'step2');
      expect([pen.saved, pen.code]).toEqual([pen.sent, null]);
    }
  });
});

test(
  'D2 saved is never reported for bytes that a newcomer would not get, whatever some connections send',
  async () => {
    await newPiece();
    const seed = runSeed();
    const random = seeded(seed);
    const kinds = Object.values(broken);
    const steps = rounds(30);
    const pens: Pen[] = [];
    const twins = new Set<number>();
    const reported: string[] = [];
    for (let step = 0; step < steps; step++) {
      const about = `SEED=${seed}, step ${step}`;
      const at = random.int(4);
      if (pens[at] === undefined || pens[at].code !== null) {
        const from = await seenByNewcomer(server, pieceId);
        // Some write with the clientID of another, as it was when that came.
        const clientID = random.int(3) === 0 ? pens[random.int(4)]?.doc.clientID : undefined;
        pens[at] = await open({ from, ...(clientID === undefined ? {} : { clientID }) });
        if (clientID !== undefined) twins.add(clientID);
      }
      const pen = pens[at];
      const words = `<${step}>`;
      const good = pen.sent === 0 || random.int(3) > 0;
      const kind = good ? goodUpdate : random.pick(kinds);
      const update = kind({ doc: pen.doc, words, random });
      await pen.send(update, random.pick(['update', 'step2'] as const));
      expect([pen.saved === pen.sent, pen.code], about).toEqual(
        pen.code === null ? [true, null] : [false, 4400],
      );
      if (pen.code !== null) {
        expect(good && !twins.has(pen.doc.clientID), about).toBe(false);
        continue;
      }
      expect(good, about).toBe(true);
      pen.take(update);
      reported.push(words);
      const seen = await bodySeen();
      expect(
        reported.filter((word) => !seen.includes(word)),
        about,
      ).toEqual([]);
    }
    expect(reported.length, `SEED=${seed}`).toBeGreaterThan(steps / 4);
  },
  deadline(60_000),
);
