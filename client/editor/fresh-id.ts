const letters = 'abcdefghijkmnpqrstuvwxyz23456789';

/**
 * An id for a thesis, a counterpoint or a footnote: ten characters that can be read aloud, 50 bits.
 * Short because writers see it in Markdown (`:::thesis{#…}`). `crypto.randomUUID` is missing where a
 * page is served without TLS.
 */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return [...bytes].map((byte) => letters[byte % letters.length]).join('');
}
