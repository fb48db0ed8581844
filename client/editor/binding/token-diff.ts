import type { Node } from 'prosemirror-model';
import { sameValue, type Attributes } from '../../../shared/document/index.ts';
import type { BodyOp } from './body-ops.ts';
import { flatLength } from '../mapping/positions.ts';
import { tokensBetween, type Token } from './tokens.ts';

/** `length` tokens that are the same from `before` in the old list and `after` in the new one. */
export interface Match {
  before: number;
  after: number;
  length: number;
}

/** Lines of the old × lines of the new, above which they are not aligned: 500 × 500. */
const mostLinePairs = 250_000;

/**
 * The fewest operations that turn `before` into `after`, from index `at` on. What is the same stays
 * and is formatted at most, so that structure never costs text its place or its author.
 */
export function diffTokens(
  before: readonly Token[],
  after: readonly Token[],
  at: number,
): BodyOp[] {
  const ops = writeOps(before, after, at, trim(before, after, true));
  if (ops.length < 2) return ops;
  // In "a break before a break" either may be the new one: take the way that formats less.
  const other = writeOps(before, after, at, trim(before, after, false));
  return other.length < ops.length ? other : ops;
}

/**
 * The fewest operations that turn one document into another, the last line's break among what they
 * may touch. Linear in both: where steps or a delta tell what changed, use those. `matches` are what
 * is known to be the same.
 */
export function diffDocs(before: Node, after: Node, matches?: readonly Match[]): BodyOp[] {
  const old = tokensBetween(before, 0, flatLength(before));
  const young = tokensBetween(after, 0, flatLength(after));
  if (!matches) return diffTokens(old, young, 0);
  const last = matches.at(-1);
  const lastBreak = { before: old.length - 1, after: young.length - 1, length: 1 };
  // Not in the body's own indexes where it has no last break; both documents show one.
  const apart =
    !last || (last.before + last.length < old.length && last.after + last.length < young.length);
  return writeOps(old, young, 0, apart ? [...matches, lastBreak] : matches);
}

/** What has to be set to get from some attributes to others; null takes one off. */
export function attributeChange(before: Attributes, after: Attributes): Attributes | undefined {
  if (before === after) return undefined;
  const changes: Record<string, unknown> = {};
  for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) changes[name] = null;
  for (const [name, value] of Object.entries(after)) {
    if (!sameValue(before[name], value)) changes[name] = value;
  }
  return Object.keys(changes).length > 0 ? changes : undefined;
}

/** What both lists begin and end with, and the lines in between that are in both. */
function trim(before: readonly Token[], after: readonly Token[], startFirst: boolean): Match[] {
  const most = Math.min(before.length, after.length);
  let start = 0;
  let end = 0;
  const goStart = () => {
    while (start + end < most && before[start]?.key === after[start]?.key) start += 1;
    if (isHighSurrogate(before[start - 1]) && start + end < most) start -= 1;
  };
  const goEnd = () => {
    while (start + end < most && keyAt(before, -1 - end) === keyAt(after, -1 - end)) end += 1;
    if (isLowSurrogate(before[before.length - end]) && start + end < most) end -= 1;
  };
  if (startFirst) goStart();
  goEnd();
  if (!startFirst) goStart();
  const middle = matchLines(
    before.slice(start, before.length - end),
    after.slice(start, after.length - end),
  );
  return [
    { before: 0, after: 0, length: start },
    ...middle.map((match) => ({
      before: match.before + start,
      after: match.after + start,
      length: match.length,
    })),
    { before: before.length - end, after: after.length - end, length: end },
  ];
}

/** The longest common run of whole lines: for replaced documents and moved blocks. */
function matchLines(before: readonly Token[], after: readonly Token[]): Match[] {
  if (!before.some(isBreak) || !after.some(isBreak)) return [];
  const old = cutLines(before);
  const young = cutLines(after);
  if (old.length * young.length > mostLinePairs) return [];
  const best = Array.from({ length: old.length + 1 }, () => new Uint32Array(young.length + 1));
  const get = (i: number, j: number): number => best[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = young.length - 1; j >= 0; j--) {
      const row = best[i];
      if (!row) continue;
      const same = old[i]?.key === young[j]?.key;
      row[j] = same ? get(i + 1, j + 1) + 1 : Math.max(get(i + 1, j), get(i, j + 1));
    }
  }
  const matches: Match[] = [];
  let i = 0;
  let j = 0;
  for (let a = old[i], b = young[j]; a && b; a = old[i], b = young[j]) {
    if (a.key === b.key) {
      matches.push({ before: a.from, after: b.from, length: a.length });
      i += 1;
      j += 1;
    } else if (get(i + 1, j) >= get(i, j + 1)) i += 1;
    else j += 1;
  }
  return matches;
}

function cutLines(tokens: readonly Token[]): { key: string; from: number; length: number }[] {
  const lines: { key: string; from: number; length: number }[] = [];
  let from = 0;
  tokens.forEach((token, index) => {
    if (!isBreak(token) && index < tokens.length - 1) return;
    const line = tokens.slice(from, index + 1);
    lines.push({ key: JSON.stringify(line.map(({ key }) => key)), from, length: line.length });
    from = index + 1;
  });
  return lines;
}

/** The operations that turn `before` into `after` where it is known what is the same. */
export function writeOps(
  before: readonly Token[],
  after: readonly Token[],
  at: number,
  matches: readonly Match[],
): BodyOp[] {
  const ops: BodyOp[] = [];
  let old = 0;
  let young = 0;
  for (const match of matches) {
    if (match.before > old) {
      ops.push({ kind: 'delete', at: at + young, length: match.before - old });
    }
    writeInserts(ops, after.slice(young, match.after), at + young);
    for (let i = 0; i < match.length; i++) {
      const was = before[match.before + i];
      const is = after[match.after + i];
      const change = was && is && attributeChange(was.attributes, is.attributes);
      if (change) addFormat(ops, at + match.after + i, change);
    }
    old = match.before + match.length;
    young = match.after + match.length;
  }
  return ops;
}

function writeInserts(ops: BodyOp[], tokens: readonly Token[], at: number): void {
  let open: (BodyOp & { kind: 'insert'; insert: string }) | undefined;
  for (const [offset, { insert, attributes }] of tokens.entries()) {
    if (typeof insert === 'string' && open && sameValue(open.attributes, attributes)) {
      open.insert += insert;
    } else if (typeof insert === 'string') {
      open = { kind: 'insert', at: at + offset, insert, attributes };
      ops.push(open);
    } else {
      open = undefined;
      ops.push({ kind: 'insert', at: at + offset, insert, attributes });
    }
  }
}

function addFormat(ops: BodyOp[], at: number, attributes: Attributes): void {
  const last = ops.at(-1);
  const extends_ =
    last?.kind === 'format' &&
    last.at + last.length === at &&
    sameValue(last.attributes, attributes);
  if (extends_) last.length += 1;
  else ops.push({ kind: 'format', at, length: 1, attributes });
}

function isBreak(token: Token): boolean {
  return token.key === '\n';
}

function keyAt(tokens: readonly Token[], index: number): string | undefined {
  return tokens.at(index)?.key;
}

// A pair that only half stays would be cut in two, and Yjs turns both halves into U+FFFD.
function isHighSurrogate(token: Token | undefined): boolean {
  return /^[\uD800-\uDBFF]$/.test(token?.key ?? '');
}

function isLowSurrogate(token: Token | undefined): boolean {
  return /^[\uDC00-\uDFFF]$/.test(token?.key ?? '');
}
