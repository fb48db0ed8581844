import { chainCommands, selectAll } from 'prosemirror-commands';
import { undoInputRule } from 'prosemirror-inputrules';
import { keymap } from 'prosemirror-keymap';
import type { Command, Plugin } from 'prosemirror-state';
import {
  indent,
  outdent,
  setParagraph,
  toggleCodeBlock,
  toggleCounterpoint,
  toggleHeading,
  toggleList,
  toggleQuote,
  toggleThesis,
} from './block-commands.ts';
import { redo, undo } from './collaboration.ts';
import { toggleBold, toggleCode, toggleItalic, toggleStrike } from './inline-commands.ts';
import {
  deleteEmbed,
  deleteSelection,
  exitBlock,
  joinBackward,
  joinForward,
  splitLine,
} from './line-commands.ts';

const backspace = chainCommands(undoInputRule, deleteSelection, joinBackward, deleteEmbed(-1));
const forward = chainCommands(deleteSelection, joinForward, deleteEmbed(1));

/**
 * Every key of the editor; `Mod` is Command on a Mac, else Control. A link needs a question first,
 * so `Mod-k` is the page's. Keys for lists and quotes are those of Google Docs. Tab is taken in lists
 * only, for elsewhere it moves the focus.
 */
export const keys: Readonly<Record<string, Command>> = {
  Enter: splitLine,
  // The body has no breaks within a line, so this cannot mean anything else.
  'Shift-Enter': splitLine,
  'Mod-Enter': exitBlock,
  Backspace: backspace,
  'Shift-Backspace': backspace,
  'Mod-Backspace': backspace,
  'Alt-Backspace': backspace,
  Delete: forward,
  'Mod-Delete': forward,
  'Alt-Delete': forward,
  Tab: indent,
  'Shift-Tab': outdent,
  'Mod-]': indent,
  'Mod-[': outdent,
  'Mod-a': selectAll,
  'Mod-z': undo,
  'Shift-Mod-z': redo,
  'Mod-y': redo,
  'Mod-b': toggleBold,
  'Mod-i': toggleItalic,
  'Mod-Shift-x': toggleStrike,
  'Mod-e': toggleCode,
  'Mod-Alt-0': setParagraph,
  'Mod-Alt-2': toggleHeading(2),
  'Mod-Alt-3': toggleHeading(3),
  'Mod-Alt-4': toggleHeading(4),
  'Mod-Shift-7': toggleList('ordered'),
  'Mod-Shift-8': toggleList('bullet'),
  'Mod-Shift-9': toggleQuote,
  'Mod-Alt-e': toggleCodeBlock,
  'Mod-Alt-t': toggleThesis,
  'Mod-Alt-c': toggleCounterpoint,
};

/** The keys as a plugin. `more` come first, such as the page's own `Mod-k`. */
export function editorKeymap(more: Readonly<Record<string, Command>> = {}): Plugin[] {
  return [keymap({ ...more }), keymap({ ...keys })];
}
