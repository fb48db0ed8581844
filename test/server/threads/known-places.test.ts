import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { AnchorWatch } from '../../../server/threads/anchors/anchor-watch.ts';
import { startTestServer, type TestServer } from '../http/support.ts';
import { begin, edit, lede, makeDesk, textOf, threadsOf, type ThreadDesk } from './desk.ts';

let server: TestServer;
let desk: ThreadDesk;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  // Counted is what lists ask. This looks too, some time after an edit; where both do, one is overtaken,
  // and looks once more.
  vi.spyOn(AnchorWatch.prototype, 'edited').mockReturnValue();
  desk = await makeDesk(server);
  await begin(desk, desk.reviewer, { anchor: { quote: lede }, body: 'Lost' });
  await begin(desk, desk.reviewer, { anchor: { quote: 'empty' }, body: 'Kept' });
  await edit(server, desk, (body) => body.delete(0, lede.length));
  // Stores that the first is nowhere.
  await threadsOf(desk);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** How often a thread is asked where passages are, while `work` runs. */
async function looks(work: () => Promise<unknown>): Promise<number> {
  const ask = vi.spyOn(server.workers, 'ask');
  await work();
  const count = ask.mock.calls.filter(([, name]) => name === 'look').length;
  ask.mockRestore();
  return count;
}

const places = async () =>
  (await threadsOf(desk)).items.map(({ position, orphaned }) => ({ position, orphaned }));

describe('B1 where passages are is sought once for each state of a text', () => {
  test('however often its threads are listed, and by whomever', async () => {
    const first = await places();
    expect(first.map(({ orphaned }) => orphaned)).toEqual([true, false]);
    const again = async () => {
      for (let n = 0; n < 5; n++) expect(await places()).toEqual(first);
      expect((await threadsOf(desk, desk.owner)).items).toHaveLength(2);
    };
    expect(await looks(again)).toBe(0);
  });

  test('and anew when somebody has edited it, whatever that was', async () => {
    const [, kept] = await places();
    await edit(server, desk, (body) => body.insert(0, 'Now. '));
    const shifted = { ...kept, position: shift(kept?.position ?? null, 5) };
    let now: Awaited<ReturnType<typeof places>> = [];
    expect(await looks(async () => (now = await places()))).toBe(1);
    expect(now).toEqual([{ position: null, orphaned: true }, shifted]);
    await edit(server, desk, (body) => body.insert(0, lede));
    expect((await places()).map(({ orphaned }) => orphaned)).toEqual([false, false]);
  });

  test('nothing is remembered of a text that was edited while it was read', async () => {
    await edit(server, desk, (body) => body.insert(0, 'a'));
    const ask = server.workers.ask.bind(server.workers);
    const spy = vi.spyOn(server.workers, 'ask').mockImplementation(async (...asked) => {
      const answer = await ask(...asked);
      if (asked[1] === 'look') await edit(server, desk, (body) => body.insert(0, 'b'));
      return answer;
    });
    await places();
    spy.mockRestore();
    const [, now] = await places();
    expect(now?.position?.from).toBe((await textOf(server, desk)).indexOf('empty'));
  });
});

const shift = (at: { from: number; to: number } | null, by: number) =>
  at && { from: at.from + by, to: at.to + by };
