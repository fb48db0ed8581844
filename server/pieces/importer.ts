import type { Limits } from '../config.ts';
import { Problem } from '../errors.ts';
import type { Person, Workers } from '../workers/pool.ts';
import type { Beginning, ReadContent } from './read-content.ts';

export interface ImportDeps {
  readonly workers: Pick<Workers, 'ask'>;
  readonly config: { readonly limits: Pick<Limits, 'maxImportBytes' | 'maxBodyBytes'> };
}

/**
 * Reads content into the document of a new piece, on a thread. Rejects with `too_large`, and as
 * `Workers.ask` does.
 *
 * @param person - who waits for it
 */
export async function readIn(
  { workers, config }: ImportDeps,
  person: Person,
  beginning: Beginning,
): Promise<ReadContent> {
  checkSize(config.limits, beginning.content);
  return workers.ask(person, 'read', beginning);
}

/** Throws `too_large`. */
export function checkSize(
  { maxImportBytes }: Pick<Limits, 'maxImportBytes'>,
  content: string,
): void {
  if (Buffer.byteLength(content) <= maxImportBytes) return;
  throw new Problem('too_large', `The content is larger than ${maxImportBytes} bytes.`);
}
