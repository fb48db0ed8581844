/** Where results and what is made from them lie. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import * as prettier from 'prettier';
import type { Figure } from '../figures.ts';
import { merged, resultsOf, type Results } from './results.ts';
import { withTables } from './tables.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const resultsFile = join(root, 'docs', 'bench-results.json');

/** Texts with tables between marker comments. */
export const documents = ['README.md', 'docs/measured.md'];

export const documentFile = (name: string) => join(root, name);

export function readResults(): Results {
  return JSON.parse(readFileSync(resultsFile, 'utf8')) as Results;
}

/** Puts the figures of this run, on this machine, in the place of earlier ones. */
export async function addResults(figures: readonly Figure[]): Promise<void> {
  const day = new Date().toISOString().slice(0, 10);
  const on = `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})`;
  const all = merged(readResults(), resultsOf(figures, day, on));
  writeFileSync(resultsFile, await formatted(JSON.stringify(all), resultsFile));
}

/** Writes the tables of the documents anew. */
export async function writeTables(): Promise<void> {
  const results = readResults();
  for (const file of documents.map(documentFile)) {
    writeFileSync(file, await formatted(withTables(readFileSync(file, 'utf8'), results), file));
  }
}

/** As the repository's check wants it. */
export async function formatted(text: string, file: string): Promise<string> {
  const options = await prettier.resolveConfig(file);
  return prettier.format(text, { ...options, filepath: file });
}
