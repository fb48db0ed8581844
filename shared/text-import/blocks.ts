import type { Paragraph } from './wrapping/paragraphs.ts';
import type { ListSign } from './signs.ts';

/** What a plain text is made of. `group` counts what stands between blank lines. */
export type TextBlock =
  | (Paragraph & { kind: 'text'; group: number })
  | (Paragraph & { kind: 'item'; group: number; sign: ListSign; more: boolean })
  | { kind: 'underlined'; sign: '=' | '-'; text: string; line: number; group: number }
  | { kind: 'divider'; text: string; line: number; group: number }
  | { kind: 'quote'; blocks: TextBlock[]; line: number; group: number };

export type ItemBlock = Extract<TextBlock, { kind: 'item' }>;
