export type { ExportNote } from './critic-markup.ts';
export { exportMarkdown, type ExportOptions } from './export-markdown.ts';
export {
  importContent,
  type ContentFormat,
  type ImportOptions,
  type Imported,
  type ImportWarning,
} from './import-content.ts';
