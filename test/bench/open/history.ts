/** A long writing history to open: a recorded one where it is at hand, else a made-up one. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** `deleted` characters at `at`, then `inserted` in their place. */
export interface Edit {
  readonly at: number;
  readonly deleted: number;
  readonly inserted: string;
}

interface Trace {
  readonly txns: readonly { readonly patches: readonly (readonly [number, number, string])[] }[];
}

const recording = 'seph-blog1.json.gz';
const shared = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'traces');

/** Exactly so many edits; `source` says where they come from. */
export function historyOf(count: number): { edits: Edit[]; source: string } {
  const file = join(process.env.TRACES_DIR ?? shared, recording);
  if (!existsSync(file)) return { edits: madeUp(count), source: 'made-up edits' };
  const { txns } = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as Trace;
  // Patches as they are: this recording is plain ASCII, so its code points are UTF-16 units.
  const once = txns.flatMap(({ patches }) =>
    patches.map(([at, deleted, inserted]): Edit => ({ at, deleted, inserted })),
  );
  // Again and again before what is there: its positions count from the beginning of its own text.
  const edits = Array.from({ length: count }, (_, i) => once[i % once.length]);
  return { edits: edits.filter((edit) => edit !== undefined), source: recording };
}

/** Mostly typing on, some deleting, now and then somewhere else; the same at every call. */
function madeUp(count: number): Edit[] {
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 48271) % 0x7fffffff;
    return seed % below;
  };
  const edits: Edit[] = [];
  let length = 0;
  let caret = 0;
  while (edits.length < count) {
    if (random(40) === 0) caret = random(length + 1);
    if (caret > 0 && random(5) === 0) {
      edits.push({ at: --caret, deleted: 1, inserted: '' });
      length--;
    } else {
      edits.push({ at: caret++, deleted: 0, inserted: 'etaoin shrdlu'.charAt(random(13)) });
      length++;
    }
  }
  return edits;
}
