import { expect, test } from 'vitest';
import { keepNumbers } from '../../../../client/pages/piece/writing/pasting/markdown/markdown-signs.ts';

test.each([
  ['12. Mai 2024', '12\\. Mai 2024'],
  ['- 12. Mai 2024', '- 12\\. Mai 2024'],
  ['1. 12. Mai 2024', '1. 12\\. Mai 2024'],
  ['  12) Mai 2024', '  12\\) Mai 2024'],
  ['1. One\n2. Two\n\nText\n\n3. Mai', '1. One\n2. Two\n\nText\n\n3\\. Mai'],
  ['- One\n  1. Two\n- Three\n  2. Mai', '- One\n  1. Two\n- Three\n  2\\. Mai'],
])('a number that begins no list stays what it is: %j', (text, kept) => {
  expect(keepNumbers(text)).toBe(kept);
});

test.each([
  '1. One\n2. Two\n3) Three',
  '1. One\n1. Two\n1. Three',
  '1. One\n\n   More of it.\n\n2. Two',
  '- One\n  1. 1. 1. Deep\n  2. Less',
  '1. One\n   1. Under it\n   2. Beside it\n2. Two',
  ' 1. One\n2. Two',
  '```\n12. Mai\n```',
  'Text\n\n    12. code',
])('a list counts on: %j', (text) => {
  expect(keepNumbers(text)).toBe(text);
});
