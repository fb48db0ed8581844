export { compareDocuments } from './compare-documents.ts';
export { comparisonHtml } from './comparison-html.ts';
export { footnoteOf } from './compare-footnotes.ts';
export type {
  ChangeCounts,
  Comparison,
  FootnoteChange,
  FormatChange,
  LineBlock,
  LineChange,
  TextPart,
} from './comparison.ts';
