import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { createPiece } from '../support/clients.ts';
import { deadline, rounds } from '../support/test-length.ts';
import { chance, expectVerified, newFolder, openDesk, seenByNewcomer } from './desk.ts';
import { startReplay } from './replay.ts';
import { loadTrace, makeTrace, planReplay, type Step, type Trace } from './trace.ts';

let session: { trace: Trace; plans: Step[][] } | null = null;

/** The session, and what each of the two does in it: the same one for all tests. */
async function planned() {
  if (session !== null) return session;
  const trace = await loadTrace(chance(), rounds(2_000));
  session = { trace, plans: planReplay(trace) };
  return session;
}

test(
  'D2 two people replay their real session, at the same time and each in a process of their own: both end, and a newcomer gets, exactly its text, also after kill -9',
  { timeout: deadline(300_000) },
  async () => {
    const { trace, plans } = await planned();
    const { endContent } = trace;
    const [dataDir, folder] = [await newFolder(), await newFolder()];
    const desk = await openDesk({ DATA_DIR: dataDir });
    const piece = await createPiece(desk);
    const agents = await startReplay(plans, {
      url: desk.url,
      piece,
      folder,
      endContent,
    });
    expect(await Promise.all(agents.map((agent) => agent.line()))).toEqual(['saved', 'saved']);
    expect(await bodySeen(desk, piece)).toBe(endContent);
    expect(await Promise.all(agents.map((agent) => agent.line()))).toEqual(['same', 'same']);

    await desk.kill9();
    await desk.start();
    expect(await bodySeen(desk, piece)).toBe(endContent);
    expect(await desk.terminate()).toBe(0);
    await expectVerified(desk.env);
  },
);

async function bodySeen(server: { url: string }, piece: string): Promise<string> {
  return (await seenByNewcomer(server, piece)).getText('body').toJSON();
}

test('a session, recorded or made up, is planned so that its edits give its text in any order that they allow', async () => {
  const madeUp = makeTrace(chance(), 2_000);
  for (const { trace, plans } of [await planned(), { trace: madeUp, plans: planReplay(madeUp) }]) {
    expect(play(plans, [0, 1])).toBe(trace.endContent);
    expect(play(plans, [1, 0])).toBe(trace.endContent);
  }
});

/** Lets each agent in turn go as far as it can. */
function play(plans: readonly (readonly Step[])[], order: readonly number[]): string {
  const doc = new Y.Doc();
  const next = plans.map(() => 0);
  const ready = ({ needs }: Step) =>
    needs.every(([client, clock]) => Y.getState(doc.store, client) >= clock);
  for (let moved = true; moved;) {
    moved = false;
    for (const agent of order) {
      for (;;) {
        const step = plans[agent]![next[agent]!];
        if (step === undefined || !ready(step)) break;
        Y.applyUpdate(doc, step.update);
        next[agent]!++;
        moved = true;
      }
    }
  }
  expect(next).toEqual(plans.map((plan) => plan.length));
  return doc.getText('body').toJSON();
}
