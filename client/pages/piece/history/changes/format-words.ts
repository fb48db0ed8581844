/** What became of a look or a kind, in words. Pure. */
import type { FormatChange } from '../../../../../shared/document/compare/index.ts';
import { inlineAttributes, type LineKind } from '../../../../../shared/document/index.ts';
import { t } from '../../../../strings/history.ts';
import type { ShownLine } from './shown-text.ts';

/** Such as “bold added”; of a link, with its addresses. */
export function formatText({ attribute, before, after }: FormatChange): string {
  const words = t.history.formats;
  if (attribute === 'link') {
    const [from, to] = [valueText(before), valueText(after)];
    if (before === null) return words.linkAdded(to);
    return after === null ? words.linkRemoved(from) : words.linkChanged(from, to);
  }
  const name = isMark(attribute) ? words.marks[attribute] : null;
  if (name !== null && before === null) return words.added(name);
  if (name !== null && after === null) return words.removed(name);
  return words.other(attribute, valueText(before), valueText(after));
}

/** What a line was and is; null where it is what it was. */
export function kindChangeText({ kind, was, formats }: ShownLine): string | null {
  if (was === null) return null;
  const short = [kindText(kind), kindText(was)] as const;
  if (short[0] !== short[1]) return t.history.formats.kind(...short);
  const long = [kindText(kind, true), kindText(was, true)] as const;
  if (long[0] !== long[1]) return t.history.formats.kind(...long);
  return formats.map(formatText).join(', ');
}

type MarkName = Exclude<(typeof inlineAttributes)[number], 'link'>;

function isMark(attribute: string): attribute is MarkName {
  return attribute !== 'link' && inlineAttributes.some((name) => name === attribute);
}

function valueText(value: unknown): string {
  if (value === null) return t.history.formats.none;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `ids`: with the names of theses and counterpoints, where those are all that differs. */
function kindText(kind: LineKind, ids = false): string {
  const words = t.history.kinds;
  switch (kind.kind) {
    case 'heading':
      return words.heading(kind.level);
    case 'list':
      return words.list[kind.style](kind.indent + 1);
    case 'thesis':
      return ids ? words.named(words.thesis, kind.id) : words.thesis;
    case 'counterpoint': {
      const named = ids ? words.named(words.counterpoint, kind.id) : words.counterpoint;
      return kind.answers === undefined ? named : words.answers(named, kind.answers);
    }
    case 'raw':
      return words.raw[kind.format];
    case 'paragraph':
    case 'quote':
    case 'code':
      return words[kind.kind];
  }
}
