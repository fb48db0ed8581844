import { DeltaReader, insertLength, type DeltaPiece } from '../delta/delta-reader.ts';
import { sameValue } from '../delta/delta.ts';
import { diffDeltas } from '../text/diff.ts';
import type { Attributes, DeltaOp } from '../schema.ts';
import type { FormatChange, TextPart } from './comparison.ts';

/** What an embed is in the text of a part. */
export const embedText = '\ufffc';

/** What the one text has and the other does not, with what both have between, and how that looks. */
export function compareDeltas(before: readonly DeltaOp[], after: readonly DeltaOp[]): TextPart[] {
  const parts: TextPart[] = [];
  const old = new DeltaReader(before);
  const young = new DeltaReader(after);
  for (const { at, remove, from, to } of diffDeltas(before, after)) {
    pushKept(parts, old.take(at - old.index), young.take(from - young.index));
    pushOne(parts, 'removed', old.take(remove));
    pushOne(parts, 'added', young.take(to - from));
  }
  pushKept(parts, old.rest(), young.rest());
  return parts;
}

/** All of a text as parts that the same became of. */
export function oneSided(change: 'added' | 'removed', delta: readonly DeltaOp[]): TextPart[] {
  const parts: TextPart[] = [];
  pushOne(parts, change, new DeltaReader(delta).rest());
  return parts;
}

/** By the names of the attributes. */
export function compareAttributes(before: Attributes = {}, after: Attributes = {}): FormatChange[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].sort().flatMap((attribute) => {
    const [was, is] = [own(before, attribute), own(after, attribute)];
    return sameValue(was, is) ? [] : [{ attribute, before: was, after: is }];
  });
}

function own(attributes: Attributes, name: string): unknown {
  return Object.hasOwn(attributes, name) ? (attributes[name] ?? null) : null;
}

function pushOne(parts: TextPart[], change: TextPart['change'], pieces: readonly DeltaPiece[]) {
  for (const piece of pieces) push(parts, change, piece, []);
}

/** The same text on both sides, cut wherever the look of either changes. */
function pushKept(
  parts: TextPart[],
  old: readonly DeltaPiece[],
  young: readonly DeltaPiece[],
): void {
  const reader = new DeltaReader(old);
  for (const after of young) {
    let index = 0;
    for (const before of reader.take(insertLength(after.insert))) {
      const to = index + insertLength(before.insert);
      const insert =
        typeof after.insert === 'string' ? after.insert.slice(index, to) : after.insert;
      const formats = compareAttributes(before.attributes, after.attributes);
      push(parts, 'same', { insert, attributes: after.attributes }, formats);
      index = to;
    }
  }
}

function push(
  parts: TextPart[],
  change: TextPart['change'],
  { insert, attributes }: DeltaPiece,
  formats: readonly FormatChange[],
): void {
  const looks = {
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(formats.length > 0 && { formats }),
  };
  if (typeof insert !== 'string') {
    parts.push({ change, text: embedText, embed: insert, ...looks });
    return;
  }
  const last = parts.at(-1);
  const goesOn =
    last?.change === change &&
    last.embed === undefined &&
    sameValue(last.attributes ?? {}, attributes) &&
    sameValue(last.formats ?? [], formats);
  if (goesOn) parts[parts.length - 1] = { ...last, text: last.text + insert };
  else parts.push({ change, text: insert, ...looks });
}
