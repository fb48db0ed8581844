import { expect, onTestFinished, test } from 'vitest';
import type { Thread, ThreadPage } from '../../../shared/api/threads.ts';
import { api, textOf } from '../../engine/people-in-room.ts';
import { createPiece } from '../../support/clients.ts';
import { createDatabase } from '../../support/postgres.ts';
import { runSeed, seeded } from '../../support/random.ts';
import { startServerProcess } from '../../support/server-process.ts';
import { deadline, rounds } from '../../support/test-length.ts';

const kills = rounds(1);
const each = 15;
const people = 4;

test(
  `S3 kill -9 at ${kills} random moments while suggestions are accepted: each is in the text once, or open`,
  async () => {
    const seed = runSeed();
    const random = seeded(seed);
    const database = await createDatabase();
    const env = { DATABASE_URL: database.url };
    let server = await startServerProcess(env);
    onTestFinished(async () => {
      await server.kill9();
      await database.drop();
    });
    const lines = Array.from({ length: kills * each }, (_, i) => `Line ${i}x is quite cheap.`);
    const pieceId = await createPiece(server, { content: lines.join('\n'), format: 'text' });
    const threads: Thread[] = [];
    for (let i = 0; i < lines.length; i++) {
      const anchor = { quote: `${i}x is quite cheap`, prefix: 'Line ' };
      // Every third one is a deletion, of which the text itself keeps no trace.
      const replacement = i % 3 === 0 ? '' : `${i}x is dear`;
      const body = { anchor, suggestion: { replacement } };
      threads.push(await api<Thread>(server, 'POST', `/pieces/${pieceId}/threads`, { body }));
    }
    const said = new Set<number>();
    let decided = 0;
    for (let round = 0; round < kills; round++) {
      const waiting = Array.from({ length: each }, (_, i) => round * each + i);
      let left = 1 + random.int(each - people);
      const accept = async () => {
        for (let i = waiting.shift(); i !== undefined; i = waiting.shift()) {
          const answer = api(server, 'POST', `/threads/${threads[i]!.id}/accept`);
          // The server dies under those that it has not answered.
          if (!(await answer.then(() => true, lost))) return;
          said.add(i);
          if (--left === 0) await server.kill9();
        }
      };
      await Promise.all(Array.from({ length: people }, accept));
      server = await startServerProcess(env);
      const { items } = await api<ThreadPage>(
        server,
        'GET',
        `/pieces/${pieceId}/threads?limit=200`,
      );
      const text = (await textOf(server, pieceId)).split('\n');
      const about = `SEED=${seed} round ${round}`;
      items.forEach(({ status, suggestion }, i) => {
        const accepted = `Line ${suggestion!.replacement}.`;
        expect(text[i], `${about} line ${i}, ${status}`).toBe(
          status === 'accepted' ? accepted : lines[i],
        );
        if (said.has(i)) expect(status, `${about} line ${i}`).toBe('accepted');
      });
      decided = items.filter(({ status }) => status === 'accepted').length;
    }
    expect(decided).toBeGreaterThanOrEqual(said.size);
    console.log(
      `seed ${seed}: ${said.size} were answered, ${decided} of ${lines.length} are accepted`,
    );
  },
  deadline(180_000),
);

/** A call that was cut off. */
function lost(err: Error): false {
  expect(err.message).toMatch(/fetch failed|terminated/);
  return false;
}
