import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { workInProcess } from '../../server/states/in-process.ts';
import { encodeSync } from '../../shared/protocol/messages.ts';
import { closeCodeOf, openRaw } from '../support/raw-socket.ts';
import { until } from '../support/until.ts';
import { startEngine } from './bare-engine.ts';

/** Words that go in one by one, and so are many structs. */
function longText(): { half: Uint8Array; all: Uint8Array; clientID: number } {
  const doc = new Y.Doc();
  const body = doc.getText('body');
  const write = () => {
    for (let i = 0; i < 2_000; i++) body.insert(0, 'a word of some length ');
  };
  write();
  const half = Y.encodeStateAsUpdate(doc);
  write();
  return { half, all: Y.encodeStateAsUpdate(doc), clientID: doc.clientID };
}

/** An engine in which Ann's large update is all in the document, and waits to be merged for the journal. */
async function halfDone() {
  let merged: (go: boolean) => void = () => undefined;
  const may = new Promise<boolean>((resolve) => (merged = resolve));
  let merging = false;
  const engine = await startEngine({
    maxConnections: 2,
    work: {
      async merge(updates, askers) {
        merging = true;
        if (!(await may)) throw new Error('it cannot be merged');
        return workInProcess.merge(updates, askers);
      },
    },
  });
  onTestFinished(() => engine.stop());
  const open = async (token: string) => {
    const ws = await openRaw(engine, 'piece', `token=${token}`);
    onTestFinished(() => ws.terminate());
    return ws;
  };
  const { half, all, clientID } = longText();
  const first = await open('ann');
  first.send(encodeSync('update', half));
  await until('the half is committed', () => engine.rows.length > 0);
  const second = await open('ann');
  second.send(encodeSync('update', all));
  await until('all of it is in the document', () => merging);
  return { engine, open, merged, second, half, all, clientID };
}

const lengthOf = (updates: readonly Uint8Array[]) => {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc.getText('body').length;
};

test('R4 D2 who has to make room while their large update is put in has nothing refused: it goes in', async () => {
  const { engine, open, merged, second, all } = await halfDone();
  const closed = closeCodeOf(second);
  const bob = await open('bob');
  expect(await closed).toBe(1013);
  merged(true);
  await until('it is committed, or refused', () => engine.rows.length + engine.kept.length > 1);
  expect(engine.kept).toEqual([]);
  expect(lengthOf(engine.rows.map(({ update }) => update))).toBe(lengthOf([all]));
  // Ann comes back, and brings it again.
  bob.close();
  await closeCodeOf(bob);
  const again = await open('ann');
  let hasAnswered = false;
  again.on('message', (data: Buffer) => {
    hasAnswered ||= data[0] === 0 && data[1] === 1;
  });
  again.send(encodeSync('step2', all));
  again.send(encodeSync('step1', Y.encodeStateVector(new Y.Doc())));
  await until('the server has read it', () => hasAnswered);
  expect(engine.kept).toEqual([]);
});

test('R4 a former writer is asked for what the piece has not, whatever is half in it and taken out again', async () => {
  const { engine, merged, half, clientID } = await halfDone();
  const former = new WebSocket(`${engine.url.replace('http', 'ws')}/collab/piece?token=former`);
  onTestFinished(() => former.terminate());
  // It may be asked in the same packet that opens the socket.
  const asked = new Promise<Uint8Array>((resolve) => {
    former.on('message', (data: Buffer) => {
      if (data[0] === 0 && data[1] === 0) resolve(data.subarray(3));
    });
  });
  await once(former, 'open');
  for (let i = 0; i < 20; i++) await turn();
  merged(false);
  const known = Y.decodeStateVector(await asked).get(clientID);
  expect(known).toBe(Y.decodeStateVector(Y.encodeStateVectorFromUpdate(half)).get(clientID));
});
