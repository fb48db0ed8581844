import { lineText, readBlocks } from '../../../shared/document/index.ts';
import { readText } from '../../../shared/text-import/index.ts';

/** The blocks of a plain text, one to a string: "h2 The words", "p …", "- …", "  1. …", "> …", "***". */
export function blocksOf(text: string, options?: { headings?: boolean }): string[] {
  return readBlocks(readText(text, options).body).map((line) => {
    const words = lineText(line);
    if (line.spans.some((span) => 'embed' in span)) return '***';
    switch (line.kind) {
      case 'heading':
        return `h${line.level} ${words}`;
      case 'list':
        return `${'  '.repeat(line.indent)}${line.style === 'ordered' ? '1.' : '-'} ${words}`;
      case 'quote':
        return `> ${words}`;
      case 'paragraph':
        return `p ${words}`;
      case 'code':
      case 'raw':
      case 'thesis':
      case 'counterpoint':
        throw new Error(`Plain text has no ${line.kind}`);
    }
  });
}
