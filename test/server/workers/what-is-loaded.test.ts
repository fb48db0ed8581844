import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { packageFile } from '../../../server/package-root.ts';
import { createPerform } from '../../../server/workers/perform.ts';

/** What a module brings along before it runs: our files, by path, and the packages that they name. */
function broughtBy(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const imports = /^(?:import|export) (?!type )(?:[^;]*? from )?'([^']+)';/gm;
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(imports)) {
    if (name.startsWith('.')) broughtBy(path.resolve(path.dirname(file), name), found);
    else found.add(name);
  }
  return found;
}

const workers = packageFile('server/workers');
const markdown = /^(remark|mdast|micromark|unified)/;

test('who opens a piece or asks for its history after a start waits for no code that reads Markdown', () => {
  const atOnce = broughtBy(path.join(workers, 'worker.ts'));
  expect([...atOnce].filter((name) => markdown.test(name))).toEqual([]);
  expect([...atOnce]).toContain('yjs');
  // The rest does bring it along: otherwise this would find nothing whatever is loaded.
  const rest = broughtBy(path.join(workers, 'of-pieces.ts'));
  expect([...rest].some((name) => markdown.test(name))).toBe(true);
});

test('what has not been loaded is when it is asked for, and the same whoever loads it', async () => {
  const { perform, loadRest } = createPerform(null);
  const read = () => perform('read', { content: 'Words.', format: 'text' });
  await expect(read()).resolves.toMatchObject({ warnings: [] });
  await loadRest();
  await expect(read()).resolves.toMatchObject({ warnings: [] });
  await expect(perform('history', { pieceId: 'any' })).rejects.toThrow('without a database');
});
