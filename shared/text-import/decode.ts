import type { SourceWarning } from './lines.ts';

export interface DecodedText {
  readonly text: string;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  /** Empty where the bytes say for certain what they are. */
  readonly warnings: readonly SourceWarning[];
}

/**
 * The text of a file: by its byte order mark, else as UTF-8 where it is, else as Windows-1252, which has a
 * character for every byte, with a word about it. No character is lost in silence.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  const marked = markOf(bytes);
  const text = strictly(marked ?? 'utf-8', bytes);
  if (text !== null) return { text, encoding: marked ?? 'utf-8', warnings: [] };
  if (marked) return damaged(bytes, marked);
  // A file that was cut off within a character, or to which another was added, is UTF-8 still.
  return isMostlyUtf8(bytes) ? damaged(bytes, 'utf-8') : asWindows(bytes);
}

function markOf([first, second, third]: Uint8Array): Exclude<
  DecodedText['encoding'],
  'windows-1252'
> | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : null;
}

/** Without the mark; null where there are bytes that mean nothing in it. */
function strictly(encoding: DecodedText['encoding'], bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function damaged(bytes: Uint8Array, encoding: DecodedText['encoding']): DecodedText {
  const text = new TextDecoder(encoding).decode(bytes);
  const before = text.slice(0, text.indexOf('\uFFFD'));
  const name = encoding === 'utf-8' ? 'UTF-8' : 'UTF-16';
  const message = `The file says that it is ${name}, and has bytes that are not: � stands for them`;
  return {
    text,
    encoding,
    warnings: [{ line: before.split(/\r\n|[\n\r]/).length, what: 'encoding', message }],
  };
}

/**
 * What Windows-1252 has at 0x80 to 0x9f. Node reads these bytes as Latin-1, whose signs there nobody sees
 * (nodejs/node#56542); browsers read them right, and what has no sign stays.
 */
const windowsSigns = [...'€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f', ...'\x90‘’“”•–—˜™š›œ\x9džŸ'];

function asWindows(bytes: Uint8Array): DecodedText {
  const text = new TextDecoder('windows-1252')
    .decode(bytes)
    .replace(/[\x80-\x9f]/g, (sign) => windowsSigns[sign.charCodeAt(0) - 0x80] ?? sign);
  const line = text.split(/\r\n|[\n\r]/).findIndex((part) => /[\u0080-\uffff]/.test(part)) + 1;
  const message =
    'The file is not UTF-8. It was read as Windows-1252: look at its quotes and accents';
  return { text, encoding: 'windows-1252', warnings: [{ line, what: 'encoding', message }] };
}

/**
 * Whether nearly all characters beyond ASCII are whole in UTF-8. In Windows-1252 hardly any two letters
 * happen to be one.
 */
function isMostlyUtf8(bytes: Uint8Array): boolean {
  const text = new TextDecoder('utf-8').decode(bytes);
  let [whole, lost] = [0, 0];
  for (const character of text) {
    if (character === '\uFFFD') lost += 1;
    else if (character > '\x7f') whole += 1;
  }
  return whole >= lost * 10;
}
