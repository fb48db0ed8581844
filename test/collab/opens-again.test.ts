import fc from 'fast-check';
import * as encoding from 'lib0/encoding';
import { expect, it } from 'vitest';
import { applyUpdate, DamagingUpdate } from '../../server/collab/apply.ts';
import { hydrate } from '../../server/collab/rooms/hydrate.ts';
import { readUpdate } from '../../server/collab/updates/read-update.ts';
import { newDocument } from '../../shared/document/new-document.ts';
import { BadFrame } from '../../shared/protocol/messages.ts';
import { updates } from '../adversary/anything/frames.ts';
import { runSeed } from '../support/random.ts';

const empty = { snapshot: null, clientIds: new Map<number, string | null>(), locked: false };
const entry = (update: Uint8Array, seq: number) => ({ seq, update, author: null, at: new Date(0) });

/** What of them is journalled; null where one is a document's end, which is then built anew. */
function taken(sent: readonly Uint8Array[]): Uint8Array[] | null {
  const doc = newDocument();
  const kept: Uint8Array[] = [];
  for (const update of sent) {
    try {
      const applied = applyUpdate(doc, update, null);
      if (applied.kept !== null) kept.push(applied.kept);
    } catch (error) {
      if (error instanceof DamagingUpdate) return null;
      if (!(error instanceof BadFrame)) throw error;
    }
  }
  return kept;
}

it('R3 whatever updates are taken of those that somebody sends, the piece opens with them again', () => {
  const seed = runSeed();
  fc.assert(
    fc.property(fc.array(updates, { maxLength: 6 }), (sent) => {
      const kept = taken(sent);
      if (kept !== null) expect(() => hydrate({ ...empty, tail: kept.map(entry) })).not.toThrow();
    }),
    { seed, numRuns: 3_000 },
  );
});

it.each([
  ['one within another', [0, 10, 5, 1]],
  ['the later before the earlier', [5, 1, 0, 1]],
  ['one that ends nowhere', [1, Number.MAX_SAFE_INTEGER]],
])('R3 deletions are refused: %s', (_, numbers) => {
  const ranges = numbers.length / 2;
  const update = encoding.encode((encoder) => {
    for (const number of [0, 1, 7, ranges, ...numbers]) encoding.writeVarUint(encoder, number);
  });
  expect(() => readUpdate(update)).toThrow(BadFrame);
});
