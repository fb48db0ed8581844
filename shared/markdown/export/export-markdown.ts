import * as Y from 'yjs';
import { readBlocks } from '../../document/blocks.ts';
import { withoutStrays } from '../../document/delta/delta.ts';
import { readDocument, type DocumentModel } from '../../document/model.ts';
import { emptyFrontMatter } from '../front-matter/write-front-matter.ts';
import { splitFrontMatter } from '../front-matter/split.ts';
import { withNotes, type ExportNote } from './critic-markup.ts';
import { publishable } from './publishable.ts';
import { definedLabels, noteLabels, rawTexts } from '../raw-source.ts';
import { writeBlocks } from './write-blocks.ts';
import { writeFootnotes } from './write-footnotes.ts';
import { writePublishedHead, writeStandfirst, writeTitle, writeWorkingHead } from './write-head.ts';
import type { WriteContext } from './write-line.ts';
import { closedTags } from './write-raw.ts';

export interface ExportOptions {
  /** `publish` (default): clean CommonMark for readers. `working`: all of the document. */
  profile?: 'publish' | 'working';
  /** In `publish`, title and standfirst as YAML instead of a heading and a paragraph in italics. */
  frontMatter?: boolean;
  /** In `working`, open threads to be put in as CriticMarkup. What has them is not to come back. */
  notes?: readonly ExportNote[];
}

/**
 * A document as Markdown. The same document gives the same bytes. `import(export(working))` is the
 * same document, but for attributes that readers pass over (`withoutStrays`); the publish profile leaves out what only writers need.
 */
export function exportMarkdown(
  document: Y.Doc | DocumentModel,
  options: ExportOptions = {},
): string {
  const model = document instanceof Y.Doc ? readDocument(document) : document;
  if (options.profile === 'working' && options.notes !== undefined) {
    const noted = withNotes(model, options.notes);
    return noted.finish(joined(writeWorking(noted.model, true)));
  }
  return joined(
    options.profile === 'working'
      ? writeWorking(model, false)
      : writePublish(model, options.frontMatter),
  );
}

function joined(parts: readonly string[]): string {
  const filled = parts.filter((part) => part !== '');
  if (filled.length === 0) return '';
  const text = `${filled.join('\n\n')}\n`;
  const hasFrontMatter = parts[0]?.startsWith('---\n');
  const misread = !hasFrontMatter && splitFrontMatter(text) !== null;
  return misread ? `${emptyFrontMatter}\n\n${text}` : text;
}

/** `critic`: notes are in it, so that what looks like them is escaped. */
function writeWorking(model: DocumentModel, critic: boolean): string[] {
  const lines = readBlocks(withoutStrays(model.body));
  const raw = rawTexts(lines);
  const labels = definedLabels(raw);
  const style = { lossless: true, critic, labels };
  const footnotes = writeFootnotes(model.footnotes, style, noteLabels(raw));
  const last = lines.at(-1);
  // A plain paragraph without its break is written like any other, and the front matter says so.
  const unterminated = last !== undefined && !last.ended;
  if (unterminated) lines[lines.length - 1] = { ...last, ended: true };
  const closed = closedTags(lines);
  const context: WriteContext = { ...style, footnotes: footnotes.defined, closed };
  return [
    writeWorkingHead(model, unterminated, critic),
    ...writeBlocks(lines, context),
    ...footnotes.blocks,
  ];
}

function writePublish(model: DocumentModel, frontMatter = false): string[] {
  const { lines, footnotes } = publishable(model);
  const labels = definedLabels(rawTexts(lines));
  const style = { lossless: false, critic: false, labels };
  const written = writeFootnotes(footnotes, style);
  const context: WriteContext = { ...style, footnotes: written.defined };
  const head = frontMatter
    ? [writePublishedHead(model)]
    : [writeTitle(model), writeStandfirst(model)];
  return [...head, ...writeBlocks(lines, context), ...written.blocks];
}
