import type { Nodes } from 'mdast';
import { describe, expect, test } from 'vitest';
import { importContent } from '../../shared/markdown/index.ts';
import { parseMarkdown } from '../../shared/markdown/import/parse.ts';

/** Iterative: it is told of trees that are deeper than the stack. */
function depthOf(markdown: string): number {
  let level: readonly Nodes[] = [parseMarkdown(markdown)];
  let depth = 0;
  for (; level.length > 0; depth++) {
    level = level.flatMap((node): readonly Nodes[] => ('children' in node ? node.children : []));
  }
  return depth;
}

const openers = [
  '* ',
  '+ ',
  '- ',
  '1. ',
  '> ',
  '>',
  '> * ',
  '1. > - ',
  '*\t',
  '[^a]: ',
  '> [^a]: ',
];

describe('B1 what holds other blocks in Markdown stands in each other at most so deep', () => {
  test.each(openers)('%j a thousand times', (opener) => {
    expect(depthOf(`${opener.repeat(1_000)}end`)).toBeLessThan(220);
  });

  test('containers that are never closed', () => {
    expect(depthOf(`${':::a\n'.repeat(300)}end`)).toBeLessThan(60);
  });

  test('what is too deep stands as text, to the last sign', () => {
    const { body } = importContent(`${'* '.repeat(1_000)}end`, 'markdown', { newId: () => 'x' });
    const text = body.map(({ insert }) => (typeof insert === 'string' ? insert : '')).join('');
    expect(text.trimEnd().endsWith('* * * end')).toBe(true);
  });

  test('lists, quotes and containers of ordinary depth are read as ever', () => {
    const deep = Array.from({ length: 8 }, (_, i) => `${'  '.repeat(i)}* item ${i}`).join('\n');
    const { body } = importContent(deep, 'markdown', { newId: () => 'x' });
    const indents = body.flatMap(({ attributes }) => attributes?.indent ?? []);
    expect(indents).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});
