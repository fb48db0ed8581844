export type { ExportNote } from './export/critic-markup.ts';
export { exportMarkdown, type ExportOptions } from './export/export-markdown.ts';
export { findFrontMatter } from './front-matter/read-front-matter.ts';
export {
  importContent,
  type ContentFormat,
  type ImportOptions,
  type Imported,
  type ImportWarning,
} from './import/import-content.ts';
