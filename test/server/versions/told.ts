import type { Comparison, FormatChange, TextPart } from '../../../shared/document/compare/index.ts';

/** All that a comparison says was changed, field by field: `+` put in, `-` taken out, `~` another look. */
export function toldBy({ title, standfirst, lines, footnotes }: Comparison): string[] {
  const noteText = footnotes.flatMap(({ id, change, parts }) => [
    ...(change === 'same' || change === 'changed' ? [] : [`${id} ${change}`]),
    ...ofParts(`${id} `, parts),
  ]);
  return [
    ...ofParts('title ', title),
    ...ofParts('standfirst ', standfirst),
    ...lines.flatMap(({ formats = [], parts }) => [
      ...formats.map(ofFormat),
      ...ofParts('', parts),
    ]),
    ...noteText,
  ];
}

/** The same from the other side. */
export function turned(told: readonly string[]): string[] {
  return told.map((one) =>
    one
      .replace(
        /(^| )([+-])/,
        (_all, space: string, sign: string) => `${space}${sign === '+' ? '-' : '+'}`,
      )
      .replace(/~(\S+): (.*) → (.*)/, '~$1: $3 → $2')
      .replace(/ (added|removed)$/, (_all, what: string) =>
        what === 'added' ? ' removed' : ' added',
      ),
  );
}

function ofParts(field: string, parts: readonly TextPart[]): string[] {
  return parts.flatMap(({ change, text, embed, formats = [] }) => {
    if (change === 'same') return formats.map((one) => `${field}${ofFormat(one)}`);
    const sign = change === 'added' ? '+' : '-';
    return [`${field}${sign}${embed === undefined ? text : JSON.stringify(embed)}`];
  });
}

function ofFormat({ attribute, before, after }: FormatChange): string {
  const value = (one: unknown) =>
    one === null ? 'none' : typeof one === 'string' ? one : JSON.stringify(one);
  return `~${attribute}: ${value(before)} → ${value(after)}`;
}
