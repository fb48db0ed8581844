import { expect, onTestFinished, test } from 'vitest';
import { createPiece } from '../support/clients.ts';
import { createDatabase } from '../support/postgres.ts';
import { deadline, rounds } from '../support/test-length.ts';
import { until } from '../support/until.ts';
import { chance, expectVerified, missingFrom, openDesk } from './desk.ts';
import { readStored } from './stored.ts';
import { inOrder, lettersThatStand } from './keyboard.ts';
import { startTyping, Typist } from './typist.ts';

test(
  'C1 C2 two servers write one piece without a bus: sequences without gaps, and nothing is lost',
  { timeout: deadline(180_000) },
  async () => {
    const random = chance();
    const database = await createDatabase();
    onTestFinished(() => database.drop());
    const env = { DATABASE_URL: database.url };
    const [here, there] = [await openDesk(env), await openDesk(env)];
    const piece = await createPiece(here);
    const typists = [0, 1, 2, 3].map(
      (hand) => new Typist(hand % 2 === 0 ? here : there, piece, { hand, random }),
    );
    onTestFinished(() => typists.forEach(({ client }) => client.destroy()));

    const typing = startTyping(typists);
    await typing.keys(rounds(300));
    await typing.stop();
    await Promise.all(typists.map(({ client }) => client.allSaved()));
    const stored = await readStored(database.directUrl, piece);
    expect(stored.seqs).toEqual(stored.seqs.map((_seq, i) => i + 1));
    expect(stored.head).toBe(stored.seqs.length);
    expect(missingFrom(stored.doc, typists)).toEqual([]);
    expect(inOrder(stored.body)).toBe(lettersThatStand(typists));

    // A commit on each side shows that side what it has missed.
    typists[0]!.key();
    await typists[0]!.client.allSaved();
    typists[1]!.key();
    const letters = lettersThatStand(typists);
    await until('the other server has read the gap', () =>
      typists
        .filter((_typist, hand) => hand % 2 === 1)
        .every(({ client }) => inOrder(client.body.toJSON()) === letters),
    );

    expect(await here.terminate()).toBe(0);
    expect(await there.terminate()).toBe(0);
    for (const { client } of typists) client.provider.disconnect();
    const last = await readStored(database.directUrl, piece);
    expect(last.seqs).toEqual(last.seqs.map((_seq, i) => i + 1));
    expect(inOrder(last.body)).toBe(letters);
    expect(missingFrom(last.doc, typists)).toEqual([]);
    // Whoever opens it gets the same.
    await expectVerified(env);
  },
);
