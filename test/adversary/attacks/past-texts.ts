import { api, untilGivenUp } from '../api.ts';
import type { Attack } from '../attack.ts';

/** What is brought back is an edit of all of the text. */
export const pastTexts: Attack = {
  name: 'a writer brings back a text of 1 MB, empties it, and brings it back',
  async prepare(ground) {
    const writer = await ground.person('Past Texts');
    const call = api(ground, writer);
    const made = await call('POST', '/api/pieces', {
      format: 'text',
      content: 'some words of a text\n\n'.repeat(45_000),
    });
    const { id } = (await made.json()) as { id: string };
    const kept = await call('POST', `/api/pieces/${id}/versions`, { name: 'All' });
    const version = (await kept.json()) as { id: string };
    return async (signal) => {
      const ask = api(ground, writer, signal);
      const body = { format: 'text', content: 'Empty.' };
      await untilGivenUp(signal, [
        ask('PUT', `/api/pieces/${id}/content`, body, { 'if-match': '*' }),
      ]);
      await untilGivenUp(signal, [ask('POST', `/api/versions/${version.id}/restore`, {})]);
    };
  },
};
