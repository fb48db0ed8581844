import { readBlocks } from '../blocks.ts';
import { escapeHtml, spanHtml } from '../render/html.ts';
import type { Attributes } from '../schema.ts';
import { footnoteOf } from './compare-footnotes.ts';
import type {
  Comparison,
  FootnoteChange,
  FormatChange,
  LineChange,
  MetaChange,
  TextPart,
} from './comparison.ts';

/**
 * A comparison as HTML: `ins`, `del`, a class for what became of each line and footnote, and `mark` for
 * words that look otherwise. A `title` names each attribute with its values before and after.
 */
export function comparisonHtml({ title, standfirst, lines, footnotes, meta }: Comparison): string {
  return [
    title.length === 0 ? '' : `<h1>${partsHtml(title)}</h1>`,
    standfirst.length === 0 ? '' : `<p><em>${partsHtml(standfirst)}</em></p>`,
    ...lines.map(lineHtml),
    footnotes.length === 0 ? '' : `<section><ol>${footnotes.map(noteHtml).join('')}</ol></section>`,
    metaHtml(meta.filter(({ change }) => change !== 'same')),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function lineHtml({ change, restyled, kind, block, formats, parts }: LineChange): string {
  const { before, after } = block;
  const is = after ?? before;
  const tag = is?.kind === 'heading' ? `h${is.level}` : 'p';
  const classes = [change, ...(restyled ? ['restyled'] : [])].join(' ');
  const was = before !== null && after !== null && before.kind !== after.kind;
  return (
    `<${tag} class="${classes}" data-kind="${kind}"` +
    (was ? ` data-kind-before="${before.kind}"` : '') +
    `${formatsTitle(formats)}>${partsHtml(parts)}${breakHtml(block)}</${tag}>`
  );
}

/** That a last line has a line break, or has none any more. */
function breakHtml({ before, after }: LineChange['block']): string {
  if (before === null || after === null || before.ended === after.ended) return '';
  return after.ended === false ? '<del>\n</del>' : '<ins>\n</ins>';
}

function noteHtml({ id, change, parts }: FootnoteChange): string {
  return `<li class="${change}" data-footnote="${escapeHtml(id)}">${partsHtml(parts)}</li>`;
}

/** The fields beside the text that were changed. */
function metaHtml(changes: readonly MetaChange[]): string {
  if (changes.length === 0) return '';
  const fields = changes.map(({ name, change, before, after }) => {
    const was = change === 'added' ? '' : `<del>${escapeHtml(valueText(before))}</del>`;
    const is = change === 'removed' ? '' : `<ins>${escapeHtml(valueText(after))}</ins>`;
    return `<dt>${escapeHtml(name)}</dt><dd class="${change}">${was}${is}</dd>`;
  });
  return `<dl>${fields.join('')}</dl>`;
}

const tags = { same: null, added: 'ins', removed: 'del' } as const;

function partsHtml(parts: readonly TextPart[]): string {
  return parts.map(partHtml).join('');
}

function partHtml(part: TextPart): string {
  const { change, attributes, formats } = part;
  const tag = tags[change] ?? (formats === undefined ? null : 'mark');
  const text = lookHtml(part);
  if (tag === null) return text;
  const title = formats === undefined ? attributesTitle(attributes) : formatsTitle(formats);
  return `<${tag}${title}>${text}</${tag}>`;
}

/** The words in their look; an embed, but for the mark of a footnote, as in the delta. */
function lookHtml(part: TextPart): string {
  const { text, embed, attributes } = part;
  const id = footnoteOf(part);
  if (id !== undefined) return `<sup>${escapeHtml(id)}</sup>`;
  if (embed !== undefined) return `<span class="embed">${escapeHtml(JSON.stringify(embed))}</span>`;
  const lines = text.split('\n').map((line) => {
    const [read] = readBlocks([{ insert: line, attributes }]);
    return (read?.spans ?? []).map(spanHtml).join('');
  });
  return lines.join('\n');
}

function formatsTitle(formats: readonly FormatChange[] = []): string {
  return titleOf(
    formats.map(({ attribute, before, after }) => {
      return `${attribute}: ${valueText(before)} → ${valueText(after)}`;
    }),
  );
}

function attributesTitle(attributes: Attributes = {}): string {
  return titleOf(Object.entries(attributes).map(([name, value]) => `${name}: ${valueText(value)}`));
}

function titleOf(told: readonly string[]): string {
  return told.length === 0 ? '' : ` title="${escapeHtml(told.join('; '))}"`;
}

function valueText(value: unknown): string {
  if (value === null) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
