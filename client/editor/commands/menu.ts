import type { Command, EditorState } from 'prosemirror-state';
import {
  setParagraph,
  toggleCodeBlock,
  toggleCounterpoint,
  toggleHeading,
  toggleList,
  toggleQuote,
  toggleRaw,
  toggleThesis,
} from './block-commands.ts';
import { insertDivider } from './line-commands.ts';
import { selectionAt } from '../carets/carets.ts';

/** An entry of the slash menu. */
export interface MenuItem {
  id: string;
  label: string;
  /** What is typed for the same at the start of a line, with a space behind. */
  typing?: string;
  /** The key that does the same, in ProseMirror's notation. */
  key?: string;
  /** Other words that find it. */
  words: readonly string[];
  command: Command;
}

/** The entries that can stand in a menu; their names are the page's. */
const blocks = [
  item('paragraph', ['text', 'plain'], setParagraph, { key: 'Mod-Alt-0' }),
  item('thesis', ['claim', 'argument'], toggleThesis, { key: 'Mod-Alt-t', typing: ':t' }),
  item('counterpoint', ['answer', 'objection', 'rebuttal'], toggleCounterpoint, {
    key: 'Mod-Alt-c',
    typing: ':c',
  }),
  item('heading', ['section', 'h2'], toggleHeading(2), { key: 'Mod-Alt-2', typing: '##' }),
  item('subheading', ['h3'], toggleHeading(3), { key: 'Mod-Alt-3', typing: '###' }),
  item('minorHeading', ['h4'], toggleHeading(4), { key: 'Mod-Alt-4', typing: '####' }),
  item('quote', ['blockquote', 'citation'], toggleQuote, { key: 'Mod-Shift-9', typing: '>' }),
  item('bullet', ['ul', 'points'], toggleList('bullet'), { key: 'Mod-Shift-8', typing: '-' }),
  item('ordered', ['ol', 'steps'], toggleList('ordered'), { key: 'Mod-Shift-7', typing: '1.' }),
  item('codeBlock', ['pre', 'monospace'], toggleCodeBlock, { key: 'Mod-Alt-e', typing: '```' }),
  item('markdown', ['raw', 'source', 'table', 'shortcode'], toggleRaw('markdown')),
  item('html', ['raw', 'source', 'embed'], toggleRaw('html')),
  item('divider', ['rule', 'hr', 'line'], insertDivider, { key: 'Mod-Shift-Enter' }),
] as const;

export type BlockId = (typeof blocks)[number]['id'];

/** The entries of the slash menu and of the toolbar's list of kinds, named by `labels`. */
export function blockMenu(labels: Readonly<Record<BlockId, string>>): MenuItem[] {
  return blocks.map((block) => ({ ...block, label: labels[block.id] }));
}

/** A slash at the start of a line and the word behind it, right before the caret. Positions of the editor. */
export interface SlashQuery {
  from: number;
  to: number;
  query: string;
}

/** What is being typed into the slash menu, or undefined where it is not open. */
export function slashQuery(state: EditorState): SlashQuery | undefined {
  const { $from, empty, from: to } = state.selection;
  if (!empty || !$from.parent.isTextblock || $from.parent.type.spec.code) return;
  const before = $from.parent.textBetween(0, $from.parentOffset, undefined, '\uFFFC');
  // In the middle of a line a slash is a slash: "50 km /h", "and /or", a path.
  const found = /^\/([\p{L}\d-]{0,20})$/u.exec(before);
  return found ? { from: to - (found[1] ?? '').length - 1, to, query: found[1] ?? '' } : undefined;
}

/** The entries that a query means, best first: by the start of their label, then of any word. */
export function findItems(query: string, items: readonly MenuItem[]): MenuItem[] {
  const wanted = query.toLowerCase();
  const starts = (word: string) => word.toLowerCase().startsWith(wanted);
  const first = items.filter(({ label }) => starts(label));
  const others = items.filter(
    (each) =>
      !first.includes(each) && (each.words.some(starts) || each.label.split(' ').some(starts)),
  );
  return [...first, ...others];
}

/** Runs `command` as if the text of `at`, a slash query say, had never been typed, in one transaction. */
export function runWithout(at: { from: number; to: number }, command: Command): Command {
  return (state, dispatch, view) => {
    const tr = state.tr.delete(at.from, at.to);
    const without = state.apply(tr);
    if (!dispatch) return command(without, undefined, view);
    return command(without, (second) => {
      for (const step of second.steps) tr.step(step);
      const { anchor, head } = second.selection;
      tr.setSelection(selectionAt(tr.doc, { anchor, head }));
      dispatch(tr.scrollIntoView());
    });
  };
}

function item<const Id extends string>(
  id: Id,
  words: readonly string[],
  command: Command,
  hints: { key?: string; typing?: string } = {},
) {
  return { id, words, command, ...hints };
}
