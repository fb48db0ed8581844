/** Every command of the toolbar, the slash menu and the keys. */
export { answerThesis, linkCounterpoint } from './argument.ts';
export * from './block-commands.ts';
export { redo, undo } from '../binding/collaboration.ts';
export { setLink, toggleBold, toggleCode, toggleItalic, toggleStrike } from './inline-commands.ts';
export {
  deleteEmbed,
  deleteSelection,
  exitBlock,
  insertDivider,
  insertFootnote,
  joinBackward,
  joinForward,
  splitLine,
} from './line-commands.ts';
