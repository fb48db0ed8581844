export * from './schema.ts';
export { deltaText, normalDelta, sameValue, withoutStrays } from './delta/delta.ts';
export {
  groupBlocks,
  lineText,
  readBlocks,
  readKind,
  type Block,
  type Line,
  type Span,
} from './blocks.ts';
export {
  linkAddress,
  typedAddress,
  type AddressRefusal,
  type LinkAddress,
} from './link-address.ts';
export {
  headDelta,
  headFields,
  headOf,
  headSpans,
  type DocumentHead,
  type HeadField,
} from './head.ts';
export { applyStored, leaveTidyingToServer, newDocument } from './new-document.ts';
export {
  changeMeta,
  isMetaName,
  metaFields,
  metaOf,
  readMeta,
  sameMeta,
  stringsField,
  type Meta,
  type MetaValue,
} from './meta.ts';
export { readDocument, writeDocument, type DocumentModel } from './model.ts';
export { readText } from './delta/read-text.ts';
export { countWords } from './text/words.ts';
export {
  readOutline,
  type MissingCode,
  type Outline,
  type OutlinePart,
  type OutlineSection,
} from './outline.ts';
export * from './editing/edit.ts';
