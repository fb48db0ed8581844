import { expect, test } from 'vitest';
import { looksLikeMarkdown } from '../../../client/pages/piece/writing/pasting/markdown/markdown-signs.ts';
import { readMarkdown } from '../../../client/pages/piece/writing/pasting/markdown/read-markdown.ts';
import { Notices } from '../../../client/pages/piece/writing/pasting/told.ts';
import { deltaText } from '../../../shared/document/index.ts';

test('S6 of pasted front matter, title and standfirst are text, and that the rest was left out is said', () => {
  const source = '---\ntitle: T\nstandfirst: S\ntags:\n  - a\nday: 12. Mai\n---\n\n12. Mai 2024\n';
  expect(looksLikeMarkdown(source)).toBe(true);
  const notices = new Notices();
  expect(deltaText(readMarkdown(source, notices).body)).toBe('T\nS\n12. Mai 2024\n');
  expect(notices.text()).toMatch(/such as its author and date, were left out/);
});

test('a text between dividers is pasted as it is', () => {
  const notices = new Notices();
  expect(deltaText(readMarkdown('---\n\nText.\n\n---\n', notices).body)).toBe('\nText.\n\n');
  expect(notices.text()).toBeUndefined();
});
