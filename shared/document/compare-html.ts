import type { Comparison, LineChange, TextPart } from './compare.ts';
import { escapeHtml } from './html.ts';

/** A comparison as HTML: `ins`, `del`, and a class for what became of each line. */
export function comparisonHtml({ title, standfirst, lines }: Comparison): string {
  return [
    title.length === 0 ? '' : `<h1>${partsHtml(title)}</h1>`,
    standfirst.length === 0 ? '' : `<p><em>${partsHtml(standfirst)}</em></p>`,
    ...lines.map(changeHtml),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function changeHtml({ change, restyled, kind, parts }: LineChange): string {
  const tag = kind === 'heading' ? 'h2' : 'p';
  const classes = [change, ...(restyled ? ['restyled'] : [])].join(' ');
  return `<${tag} class="${classes}" data-kind="${kind}">${partsHtml(parts)}</${tag}>`;
}

const tags = { same: null, added: 'ins', removed: 'del' } as const;

function partsHtml(parts: readonly TextPart[]): string {
  return parts
    .map(({ change, text }) => {
      const tag = tags[change];
      return tag === null ? escapeHtml(text) : `<${tag}>${escapeHtml(text)}</${tag}>`;
    })
    .join('');
}
