export { compareDocuments } from './compare-documents.ts';
export { comparisonHtml } from './comparison-html.ts';
export { footnoteOf } from './compare-footnotes.ts';
export { isSame, summariseChanges } from './count-changes.ts';
export type {
  ChangeCounts,
  ChangeSummary,
  Comparison,
  FootnoteChange,
  FormatChange,
  LineBlock,
  LineChange,
  MetaChange,
  TextPart,
} from './comparison.ts';
