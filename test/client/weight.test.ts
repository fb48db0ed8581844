import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { buildWhereStale } from '../../server/build.mjs';
import { packageFile } from '../../server/package-root.ts';

interface Chunk {
  file: string;
  imports?: string[];
}

const folder = packageFile('dist/client');
let manifest: Record<string, Chunk>;
beforeAll(async () => {
  expect(await buildWhereStale(['client'])).toBe(true);
  const file = path.join(folder, '.vite/manifest.json');
  manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Chunk>;
});

/** Gzipped bytes of the scripts that these modules load at once, each script counted once. */
function weigh(...names: string[]): number {
  const found = new Set<string>();
  const add = (name: string) => {
    if (found.has(name)) return;
    found.add(name);
    expect(manifest[name], name).toBeDefined();
    manifest[name]!.imports?.forEach(add);
  };
  names.forEach(add);
  const scripts = [...found]
    .map((name) => manifest[name]!.file)
    .filter((file) => file.endsWith('.js'));
  return scripts.reduce(
    (sum, file) => sum + readFileSync(path.join(folder, `${file}.gz`)).length,
    0,
  );
}

test('the list loads at most 120 KB of JavaScript, the editor at most 300 KB, gzipped', () => {
  const list = weigh('index.html', 'pages/pieces/pieces-page.tsx');
  expect(list).toBeLessThanOrEqual(120_000);
  const editor = weigh(
    'index.html',
    'pages/piece/piece-page.tsx',
    'pages/piece/outline/outline-panel.tsx',
  );
  expect(editor).toBeLessThanOrEqual(300_000);
  console.log(`list ${list}, editor ${editor}`);
});
