import { formatClock, formatNumber, formatShort, formatWords } from '../../../strings/format.ts';
import { t } from '../../../strings/history.ts';
import type { ChangeCounts, Comparison } from '../../../../shared/document/compare/index.ts';
import type { Stretch, Version } from '../../../api/history.ts';
import type { Chosen, Stop } from './moments/stops.ts';

/** What a version is called: by its name, or by why it was kept. */
export function versionTitle({ kind, name, status }: Version): string {
  if (name !== null) return name;
  if (kind === 'status' && status !== null) {
    return t.history.statusBecame(t.pieces.status[status]);
  }
  return t.history.versionKinds[kind];
}

export function authorName(author: Stretch['author']): string {
  if (author === null) return t.history.nobody;
  return author.name === '' ? t.history.gone : author.name;
}

/** Words, changes of format and embeds that a stretch counts, in a few letters. */
export function stretchText({ added, removed, formats, embeds }: Stretch): string {
  const words = t.history.words(formatNumber(added), formatNumber(removed));
  const more = looksText({ formats, embeds });
  if (more.length === 0) return words;
  return [...(added + removed > 0 ? [words] : []), ...more].join(' · ');
}

/** The same in full. */
export function stretchLong({ added, removed, formats, embeds }: Stretch): string {
  return changesText({ words: { added, removed }, formats, embeds });
}

/** How much was changed; `meta`: in the fields beside the text, where that is told. */
export function changesText({
  words: { added, removed },
  formats,
  embeds,
  meta = 0,
}: ChangeCounts & { readonly meta?: Comparison['meta'] | number | undefined }): string {
  const words = t.history.wordsLong(formatWords(added), formatNumber(removed));
  const isChanged = ({ change }: { readonly change: string }) => change !== 'same';
  const details = typeof meta === 'number' ? meta : meta.filter(isChanged).length;
  return [
    ...[words, ...looksText({ formats, embeds })],
    ...(details > 0 ? [t.history.detailChanges(formatNumber(details), details === 1)] : []),
  ].join(', ');
}

function looksText({ formats, embeds }: Pick<ChangeCounts, 'formats' | 'embeds'>): string[] {
  const words = t.history;
  return [
    ...(formats > 0 ? [words.formatChanges(formatNumber(formats), formats === 1)] : []),
    ...(embeds > 0 ? [words.embedChanges(formatNumber(embeds), embeds === 1)] : []),
  ];
}

/** What stands at a stop, in a few words. */
export function stopTitle(stop: Stop): string {
  if (stop.kind === 'version') return versionTitle(stop.version);
  if (stop.kind === 'stretch') return t.history.wrote(authorName(stop.stretch.author));
  return t.history.now;
}

/** The same with all that there is to say, for screen readers. */
export function chosenText({ stop, at }: Chosen): string {
  const when = formatShort(new Date(at));
  if (stop === null) return t.history.atTime(when);
  if (stop.kind === 'now') return t.history.nowBy(authorName(stop.stretch.author), when);
  const more = stop.kind === 'stretch' ? `, ${stretchLong(stop.stretch)}` : byWhom(stop.version);
  return `${when}, ${stopTitle(stop)}${more}`;
}

function byWhom({ createdBy }: Version): string {
  return createdBy === null ? '' : `, ${t.history.by(createdBy.name)}`;
}

/** When a moment was, or what the version is called; for sentences. */
export function momentName({ stop, at }: Pick<Chosen, 'stop' | 'at'>): string {
  return stop?.kind === 'version' ? versionTitle(stop.version) : formatShort(new Date(at));
}

export function clockRange({ from, to }: Stretch): string {
  return t.history.until(formatClock(new Date(from)), formatClock(new Date(to)));
}
