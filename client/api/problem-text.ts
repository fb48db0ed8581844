import { t } from '../strings/index.ts';
import { ApiProblem } from './http.ts';

/** What to say to people about an error: the server's own words, where it has said something. */
export function problemText(error: unknown): string {
  const words = t.common.problem;
  if (!(error instanceof ApiProblem)) return words.unexpected;
  if (error.code === 'network') return words.network;
  if (error.code === 'unreadable') return words.unreadable;
  if (error.status === 429) return words.tooMany(error.retryAfter ?? 60);
  return error.fields.map(({ message }) => message).join(' ') || error.message || words.unexpected;
}
