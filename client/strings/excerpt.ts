/** The beginning of a text as one line, cut behind a word; `most` in UTF-16 units. */
export function excerpt(text: string, most = 80): string {
  // What is in a text and is no letter, such as a footnote's mark, comes as U+FFFC.
  const line = text.replaceAll('\ufffc', '⋯').replace(/\s+/g, ' ').trim();
  if (line.length <= most) return line;
  const cut = line.slice(0, most);
  const space = cut.lastIndexOf(' ');
  const end = space > most / 2 ? cut.slice(0, space) : cut.replace(/[\uD800-\uDBFF]$/, '');
  return `${end}…`;
}
