import type { Attack } from '../attack.ts';
import { api, untilGivenUp } from '../api.ts';

/** Row 6: quotes that are nowhere, sought in words that all but fit. Each GET took 3 to 4.6 s. */
export const orphanedThreads: Attack = {
  name: 'a reader lists 30 orphaned threads of 1 MB of repeated words, again and again',
  async prepare(ground) {
    const owner = await ground.person('Orphans Owner');
    const call = api(ground, owner);
    const quotes = Array.from({ length: 30 }, (_, i) => `again and again ${i} and never`);
    const made = await call('POST', '/api/pieces', { format: 'text', content: quotes.join('\n') });
    const { id } = (await made.json()) as { id: string };
    for (const quote of quotes) {
      const anchor = { quote };
      await call('POST', `/api/pieces/${id}/threads`, { anchor, body: 'What of this?' });
    }
    const content = 'again and again '.repeat(60_000);
    const body = { format: 'text', content };
    await call('PUT', `/api/pieces/${id}/content`, body, { 'if-match': '*' });
    const reader = await ground.person('Orphans Reader');
    await ground.member(id, reader, 'reader');
    return async (signal) => {
      const ask = api(ground, reader, signal);
      for (let round = 0; round < 6 && !signal.aborted; round++) {
        await untilGivenUp(signal, [ask('GET', `/api/pieces/${id}/threads`)]);
      }
    };
  },
};
