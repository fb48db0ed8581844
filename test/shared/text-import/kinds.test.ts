import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeText } from '../../../shared/text-import/index.ts';
import { blocksOf } from './see.ts';

const folder = new URL('texts/', import.meta.url);
const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.txt'),
);

test('there are twenty texts, of the kinds that come in', () => {
  expect(texts.length).toBeGreaterThanOrEqual(20);
});

// What a reader takes it for stands beside each, a block to a line.
test.each(texts)('%s has the blocks that its reader sees', (name) => {
  const { text } = decodeText(readFileSync(new URL(name, folder)));
  const expected = readFileSync(new URL(name.replace(/txt$/, 'blocks'), folder), 'utf8');
  expect(blocksOf(text)).toEqual(expected.trimEnd().split('\n'));
});
