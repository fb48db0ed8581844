/**
 * The value of `Content-Disposition` for a download named after a piece: a slug of its title in the
 * title's own script, and in ASCII for clients that know only that. No character of a title gets
 * into the header unescaped.
 */
export function attachment(title: string, extension: string): string {
  const name = `${slug(title)}.${extension}`;
  const ascii = `${slug(withoutMarks(title).replace(/[^\0-\x7f]+/g, ' '))}.${extension}`;
  const plain = `attachment; filename="${ascii}"`;
  return name === ascii ? plain : `${plain}; filename*=UTF-8''${encodeURIComponent(name)}`;
}

/** Longest slug, in characters; file systems take 255 bytes, four to a character. */
const longest = 60;

export function slug(title: string): string {
  const words = title
    .normalize('NFC')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-');
  const cut = [...words].slice(0, longest).join('');
  return cut.replace(/^-+|-+$/g, '') || 'piece';
}

/** é becomes e. */
function withoutMarks(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}+/gu, '');
}
