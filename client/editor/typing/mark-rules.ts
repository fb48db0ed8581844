import type { Mark, Node } from 'prosemirror-model';
import type { EditorState, Transaction } from 'prosemirror-state';
import { typedAddress } from '../../../shared/document/index.ts';
import { schema } from '../schema/schema.ts';

/*
 * Within a line: `**bold**` `*italic*` `_italic_` `~~strike~~` `` `code` `` `[text](address)`. The
 * signs are deleted, the text between them stays where it is and only gets its look (S1).
 *
 * The first signs stand at the start of a word, the last ones at the end of one, with no space on the
 * inside: "f**k", "2*3*4", "snake_case" and "a * b" are words. Whether a word ends there is only known
 * from what is typed next, so a letter right behind takes the rule back (`typing-rules.ts`).
 */

interface MarkRule {
  /** Groups: the opening signs, the text, the closing signs, and for a link its address. */
  readonly pattern: RegExp;
  readonly markOf: (address: string | undefined) => Mark | undefined;
}

const { bold, italic, strike, code, link } = schema.marks;

const rules: readonly MarkRule[] = [
  { pattern: /(\*\*)([^*]+)(\*\*)$/, markOf: () => bold.create() },
  { pattern: /(\*)([^*]+)(\*)$/, markOf: () => italic.create() },
  { pattern: /(_)([^_]+)(_)$/, markOf: () => italic.create() },
  { pattern: /(~~)([^~]+)(~~)$/, markOf: () => strike.create() },
  { pattern: /(`)([^`\uFFFC]+)(`)$/, markOf: () => code.create() },
  {
    pattern: /(\[)([^[\]\uFFFC]+)(\]\((\S+)\))$/,
    markOf: (address = '') => {
      // The first of two closing parentheses may be the address's own.
      if (address.split('(').length !== address.split(')').length) return undefined;
      const { href } = typedAddress(address);
      return href === undefined ? undefined : link.create({ href });
    },
  },
];

/** What may stand right before the opening signs; else they are within a word, a path or a sum. */
const before = /^[\s\p{Ps}\p{Pi}"'„‚—–]$/u;
const first = /^[^\s.,;:!?)\]}*_~`/\\|<>=-]/u;
const last = /[^\s([{*_~`/\\|<>=-]$/u;
const wordSign = /^[\p{L}\p{N}\p{M}_]/u;

/** So far back are opening signs sought. */
const longest = 2_000;

export function beginsWithinWord(text: string): boolean {
  return wordSign.test(text);
}

/** The edit that a closing sign just typed asks for; `from`: where what was typed here begins. */
export function markRule(state: EditorState, from: number): Transaction | undefined {
  const { $from } = state.selection;
  const start = Math.max($from.start(), from, $from.pos - longest) - $from.start();
  const text = textOf($from.parent, start, $from.parentOffset);
  for (const { pattern, markOf } of rules) {
    const [all, opening = '', inner = '', closing = '', address] = pattern.exec(text) ?? [];
    if (all === undefined || !isWhole(inner, opening === '`')) continue;
    const offset = $from.parentOffset - all.length;
    const left = textOf($from.parent, offset - 1, offset);
    const right = textOf($from.parent, $from.parentOffset, $from.parentOffset + 1);
    if ((left !== '' && !before.test(left)) || beginsWithinWord(right)) continue;
    const open = $from.start() + offset;
    const [begin, end] = [open + opening.length, $from.pos - closing.length];
    const mark = markOf(address);
    if (!mark || state.doc.rangeHasMark(open, $from.pos, code)) continue;
    const tr = state.tr.delete(end, $from.pos).addMark(begin, end, mark);
    return tr.delete(open, begin).removeStoredMark(mark.type);
  }
  return undefined;
}

function isWhole(inner: string, isCode: boolean): boolean {
  if (isCode) return inner.trim() === inner;
  return first.test(inner) && last.test(inner) && /[\p{L}\p{N}\p{S}]/u.test(inner);
}

/** Text between offsets in a line; what is no text is U+FFFC. */
function textOf(line: Node, from: number, to: number): string {
  const end = Math.min(to, line.content.size);
  return from < 0 || from >= end ? '' : line.textBetween(from, end, undefined, '\uFFFC');
}
