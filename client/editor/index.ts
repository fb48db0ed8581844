export { argumentsOf, thesisBefore, type ArgumentBlock } from './argument.ts';
export type { Mismatch } from './binding.ts';
export { carets, type CaretOptions } from './caret-plugin.ts';
export {
  cursorOf,
  placeCursor,
  publishCursor,
  remoteCarets,
  type CaretUser,
  type Cursor,
  type CursorAwareness,
  type RemoteCaret,
} from './carets.ts';
export {
  collaboration,
  createEditorState,
  dispatchAlone,
  isRemote,
  type CollaborationOptions,
} from './collaboration.ts';
export * as commands from './commands.ts';
export type { FieldShape } from './fields/field-shape.ts';
export type { Match, Search } from './find/matches.ts';
export { freshId } from './fresh-id.ts';
export { linkRange } from './inline-commands.ts';
export { editorKeymap, keys } from './keymap.ts';
export { lineKind } from './line-kinds.ts';
export {
  blockMenu,
  findItems,
  runWithout,
  slashQuery,
  type BlockId,
  type MenuItem,
  type SlashQuery,
} from './menu.ts';
export { moveLines, type Move } from './move-lines.ts';
export { indexToPosition, linesOf, positionToIndex } from './positions.ts';
export { schema } from './schema.ts';
export { safeHref } from './schema-marks.ts';
export { dropMove, sectionsOf, stepMove, type SectionLines } from './sections.ts';
export { selectionInfo, type SelectionInfo } from './selection-info.ts';
export { followRun, type TypedRun } from './typing/typed-run.ts';
export { typingRules } from './typing/typing-rules.ts';
export { History, type HistoryOptions } from './undo.ts';
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
} from './passages.ts';
export { anchorOf, placePassages, type Passage, type Place } from './place-passages.ts';
