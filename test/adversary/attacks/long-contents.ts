import type { Attack } from '../attack.ts';
import { api, untilGivenUp } from '../api.ts';

const words = (count: number, of: string) => `${of} of a text\n`.repeat(count);

/** Row 5: 2 MB replaced by 2 MB. The server stood still for 10 s. */
export const longContents: Attack = {
  name: 'a writer replaces a text of 2 MB by another one, again and again',
  async prepare(ground) {
    const writer = await ground.person('Long Contents');
    const made = await api(ground, writer)('POST', '/api/pieces', {
      format: 'text',
      content: words(120_000, 'some'),
    });
    const { id } = (await made.json()) as { id: string };
    return async (signal) => {
      const call = api(ground, writer, signal);
      for (let round = 0; round < 4 && !signal.aborted; round++) {
        const content = words(120_000, round % 2 === 0 ? 'other' : 'some');
        const body = { format: 'text', content };
        await untilGivenUp(signal, [
          call('PUT', `/api/pieces/${id}/content`, body, { 'if-match': '*' }),
        ]);
      }
    };
  },
};
