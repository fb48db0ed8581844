import { formatClock, formatNumber, formatShort, formatWords } from '../../../strings/format.ts';
import { t } from '../../../strings/history.ts';
import type { Stretch, Version } from '../../../api/history.ts';
import type { Chosen, Stop } from './stops.ts';

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

export function wordsText({ added, removed }: { added: number; removed: number }): string {
  return t.history.words(formatNumber(added), formatNumber(removed));
}

export function wordsLong({ added, removed }: { added: number; removed: number }): string {
  return t.history.wordsLong(formatWords(added), formatNumber(removed));
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
  const more = stop.kind === 'stretch' ? `, ${wordsLong(stop.stretch)}` : byWhom(stop.version);
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
