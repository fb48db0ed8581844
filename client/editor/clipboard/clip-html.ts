import {
  blocksHtml,
  escapeHtml,
  spaceAttribute,
  spansHtml,
  type HtmlLook,
} from '../../../shared/document/render/html-blocks.ts';
import { noteHtml } from '../../../shared/document/render/html.ts';
import { readBlocks } from '../../../shared/document/index.ts';
import { numberNotes } from '../../../shared/document/render/note-numbers.ts';
import { linesText, spansText } from '../../../shared/document/render/plain-text.ts';
import { isInline, noteIn, type Clip } from './clip.ts';

/** Raised when an older page could misread what a newer one copies. */
export const clipVersion = '1';

/**
 * A copy as HTML that other programs take for what was seen, in one element that carries the copy
 * itself, for our own editors. Words within a line are in no block, unless they have notes, which
 * follow in a list as most programs write them.
 */
export function clipHtml(clip: Clip): string {
  const inline = isPlainInline(clip);
  const tag = inline ? 'span' : 'div';
  const space = inline ? spaceAttribute(readBlocks(clip.body)[0]?.spans ?? []) : '';
  const data = escapeHtml(JSON.stringify(clip));
  return `<${tag} data-counterpoint="${clipVersion}" data-clip="${data}"${space}>${clipInnerHtml(clip)}</${tag}>`;
}

/** What is seen of `clipHtml`. */
export function clipInnerHtml(clip: Clip): string {
  const lines = readBlocks(clip.body);
  const numbers = numberNotes(lines, clip.notes);
  const names = new Map([...numbers].map(([id, number]) => [id, noteName(id, number)]));
  const met = new Set<string>();
  const look: HtmlLook = {
    argument: 'each',
    note: (id) => {
      const name = names.get(id) ?? '';
      // The note leads back to its first mark.
      const anchor = met.has(id) ? '' : ` id="fnref-${name}"`;
      met.add(id);
      return (
        `<sup data-footnote="${escapeHtml(id)}">` +
        `<a href="#fn-${name}"${anchor}>${numbers.get(id) ?? ''}</a></sup>`
      );
    },
    unknown: (value) => `<span data-embed="${escapeHtml(JSON.stringify(value))}">⋯</span>`,
    ...(clip.counts && { counts: clip.counts }),
  };
  if (isPlainInline(clip)) return spansHtml(lines[0]?.spans ?? [], look);
  // Words of a line are no item and no heading, also where their notes make a paragraph of them.
  const shown = isInline(clip)
    ? lines.map((line) => ({ ...line, kind: 'paragraph' as const }))
    : lines;
  const notes = [...names].map(
    ([id, name]) =>
      `<li id="fn-${name}" data-footnote="${escapeHtml(id)}">` +
      `${noteHtml(noteIn(clip.notes, id) ?? [], look)}</li>`,
  );
  const list =
    notes.length === 0
      ? ''
      : `<section class="footnotes" data-footnotes="" role="doc-endnotes"><ol>${notes.join('')}</ol></section>`;
  return blocksHtml(shown, look).join('') + list;
}

/** A copy as text, its notes behind it. */
export function clipText(clip: Clip): string {
  const lines = readBlocks(clip.body);
  const numbers = numberNotes(lines, clip.notes);
  const look = {
    number: (id: string) => numbers.get(id),
    ...(clip.counts && { counts: clip.counts }),
  };
  const text = isInline(clip) ? spansText(lines[0]?.spans ?? [], look) : linesText(lines, look);
  const notes = [...numbers].map(([id, number]) => {
    const paragraphs = readBlocks(noteIn(clip.notes, id) ?? []).map(({ spans }) =>
      spansText(spans, look),
    );
    return `[${number}] ${paragraphs.join('\n\n')}`.trimEnd();
  });
  return [text, ...notes].join('\n\n');
}

/** Words within a line, with nothing that needs a block. */
function isPlainInline(clip: Clip): boolean {
  if (!isInline(clip)) return false;
  return readBlocks(clip.body).every(({ spans }) =>
    spans.every((span) => 'text' in span || span.embed.kind === 'unknown'),
  );
}

/** What an anchor on the page that it is pasted into can be called. */
function noteName(id: string, number: number): string {
  return /^[\w-]+$/.test(id) ? id : `n${number}`;
}
