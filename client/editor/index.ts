export { argumentsOf, thesisBefore, type ArgumentBlock } from './commands/argument.ts';
export type { Mismatch } from './binding/binding.ts';
export { carets, type CaretOptions } from './carets/caret-plugin.ts';
export {
  cursorOf,
  placeCursor,
  publishCursor,
  remoteCarets,
  type CaretUser,
  type Cursor,
  type CursorAwareness,
  type RemoteCaret,
} from './carets/carets.ts';
export {
  collaboration,
  createEditorState,
  dispatchAlone,
  isRemote,
  type CollaborationOptions,
} from './binding/collaboration.ts';
export * as commands from './commands/commands.ts';
export type { FieldShape } from './fields/field-shape.ts';
export type { Match, Search } from './find/matches.ts';
export { freshId } from './fresh-id.ts';
export { linkRange } from './commands/inline-commands.ts';
export { editorKeymap, keys } from './commands/keymap.ts';
export { lineKind } from './schema/line-kinds.ts';
export {
  blockMenu,
  findItems,
  runWithout,
  slashQuery,
  type BlockId,
  type MenuItem,
  type SlashQuery,
} from './commands/menu.ts';
export { moveLines, type Move } from './sections/move-lines.ts';
export { indexToPosition, linesOf, positionToIndex } from './mapping/positions.ts';
export { schema } from './schema/schema.ts';
export { safeHref } from './schema/schema-marks.ts';
export { dropMove, sectionsOf, stepMove, type SectionLines } from './sections/sections.ts';
export { selectionInfo, type SelectionInfo } from './commands/selection-info.ts';
export { followRun, type TypedRun } from './typing/typed-run.ts';
export { typingRules } from './typing/typing-rules.ts';
export { History, type HistoryOptions } from './undo/undo.ts';
export {
  activeIn,
  draftIn,
  passageAt,
  passages,
  placesIn,
  setActivePassage,
  setDraftPassage,
  showPassages,
  type PassageOptions,
} from './passages/passages.ts';
export { anchorOf, placePassages, type Passage, type Place } from './passages/place-passages.ts';
