import { chainCommands, selectAll } from 'prosemirror-commands';
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
import { redo, undo } from '../binding/collaboration.ts';
import type { FieldShape } from '../fields/field-shape.ts';
import { toggleBold, toggleCode, toggleItalic, toggleStrike } from './inline-commands.ts';
import {
  deleteEmbed,
  deleteSelection,
  exitBlock,
  joinBackward,
  joinForward,
  splitLine,
} from './line-commands.ts';
import { undoTypingRule } from '../typing/typing-rules.ts';

const backspace = chainCommands(undoTypingRule, deleteSelection, joinBackward, deleteEmbed(-1));
const forward = chainCommands(deleteSelection, joinForward, deleteEmbed(1));

const textKeys: Readonly<Record<string, Command>> = {
  Backspace: backspace,
  'Shift-Backspace': backspace,
  'Mod-Backspace': backspace,
  'Alt-Backspace': backspace,
  Delete: forward,
  'Mod-Delete': forward,
  'Alt-Delete': forward,
  'Mod-a': selectAll,
  'Mod-z': undo,
  'Shift-Mod-z': redo,
  'Mod-y': redo,
};

const markKeys: Readonly<Record<string, Command>> = {
  'Mod-b': toggleBold,
  'Mod-i': toggleItalic,
  'Mod-Shift-x': toggleStrike,
  'Mod-e': toggleCode,
};

const breakKeys: Readonly<Record<string, Command>> = {
  Enter: splitLine,
  // The body has no breaks within a line, so this cannot mean anything else.
  'Shift-Enter': splitLine,
};

const blockKeys: Readonly<Record<string, Command>> = {
  'Mod-Enter': exitBlock,
  Tab: indent,
  'Shift-Tab': outdent,
  'Mod-]': indent,
  'Mod-[': outdent,
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

/**
 * Every key of the editor; `Mod` is Command on a Mac, else Control. A link needs a question first,
 * so `Mod-k` is the page's. Keys for lists and quotes are those of Google Docs. Tab is taken in lists
 * only, for elsewhere it moves the focus.
 */
export const keys = { ...breakKeys, ...textKeys, ...markKeys, ...blockKeys };

/** The keys of a field of this shape, as a plugin. */
export function editorKeymap(shape: FieldShape): Plugin {
  if (shape === 'blocks') return keymap({ ...keys });
  return keymap({ ...(shape === 'paragraphs' && breakKeys), ...textKeys, ...markKeys });
}
