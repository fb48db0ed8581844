import { locale, t } from './index.ts';

const numbers = new Intl.NumberFormat(locale);
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
const day = new Intl.DateTimeFormat(locale, { dateStyle: 'full' });
const short = new Intl.DateTimeFormat(locale, {
  ...{ weekday: 'short', day: 'numeric', month: 'short' },
  ...{ hour: '2-digit', minute: '2-digit' },
});
const full = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' });

export function formatNumber(value: number): string {
  return numbers.format(value);
}

export function formatWords(count: number): string {
  return t.common.words(numbers.format(count), count === 1);
}

/** Hours and minutes. */
export function formatClock(at: Date | number): string {
  return clock.format(at);
}

/** For titles and screen readers: the day in full, with the time. */
export function formatMoment(at: Date | number): string {
  return full.format(at);
}

/** The day in full. */
export function formatDay(at: Date | number): string {
  return day.format(at);
}

/** Day and time, in a few letters. */
export function formatShort(at: Date | number): string {
  return short.format(at);
}

const units = [
  { unit: 'minute', ms: 60_000, upTo: 3_600_000 },
  { unit: 'hour', ms: 3_600_000, upTo: 86_400_000 },
  { unit: 'day', ms: 86_400_000, upTo: 7 * 86_400_000 },
] as const;

/** How long ago, in the largest unit that says something; the date after a week. */
export function formatAgo(at: Date, now: Date = new Date()): string {
  const ms = now.getTime() - at.getTime();
  if (ms < 45_000) return relative.format(0, 'second');
  const fitting = units.find(({ upTo }) => ms < upTo);
  if (fitting === undefined) return date.format(at);
  return relative.format(-Math.max(1, Math.round(ms / fitting.ms)), fitting.unit);
}
