import { describe, expect, test } from 'vitest';
import { decodeText } from '../../../shared/text-import/index.ts';

const words = '“Zwölf” – naïve café, 3 €.';
/** In Windows-1252. */
const windows = Uint8Array.from([
  ...[0x93, 0x5a, 0x77, 0xf6, 0x6c, 0x66, 0x94, 0x20, 0x96, 0x20, 0x6e, 0x61, 0xef, 0x76, 0x65],
  ...[0x20, 0x63, 0x61, 0x66, 0xe9, 0x2c, 0x20, 0x33, 0x20, 0x80, 0x2e],
]);

function utf16(text: string, bigEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * 2 + 2));
  [...`\uFEFF${text}`].forEach((sign, i) => view.setUint16(i * 2, sign.charCodeAt(0), !bigEndian));
  return new Uint8Array(view.buffer);
}

describe('the bytes of a file', () => {
  test.each([
    ['UTF-8', new TextEncoder().encode(words), 'utf-8'],
    ['UTF-8 with a mark', new TextEncoder().encode(`\uFEFF${words}`), 'utf-8'],
    ['UTF-16, little end first', utf16(words, false), 'utf-16le'],
    ['UTF-16, big end first', utf16(words, true), 'utf-16be'],
  ])('%s is read without a word', (_name, bytes, encoding) => {
    expect(decodeText(bytes)).toEqual({ text: words, encoding, warnings: [] });
  });

  test('what is not UTF-8 is read as Windows-1252, and that is said at its line', () => {
    const bytes = Uint8Array.from([0x41, 0x2e, 0x0d, 0x0a, ...windows]);
    const { text, encoding, warnings } = decodeText(bytes);
    expect([text, encoding]).toEqual([`A.\r\n${words}`, 'windows-1252']);
    expect(warnings).toEqual([
      { line: 2, what: 'encoding', message: expect.stringContaining('Windows-1252') as string },
    ]);
  });

  test('every byte has a character in Windows-1252', () => {
    const all = decodeText(Uint8Array.from({ length: 256 }, (_, byte) => byte)).text;
    expect([...all]).toHaveLength(256);
    expect(all).not.toContain('\uFFFD');
    expect(all.slice(0x80, 0xa0)).toBe('€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ');
  });

  test('no character is lost in silence: cut off UTF-8, UTF-16 with half a pair', () => {
    const cut = new TextEncoder().encode(`${words}\n`.repeat(20)).slice(0, -4);
    const { text, encoding, warnings } = decodeText(cut);
    expect([encoding, text.startsWith(words)]).toEqual(['utf-8', true]);
    expect(warnings).toMatchObject([{ line: 20, what: 'encoding' }]);
    const half = decodeText(Uint8Array.from([0xff, 0xfe, 0x00, 0xd8, 0x41, 0x00]));
    expect(half.warnings).toMatchObject([{ line: 1, what: 'encoding' }]);
  });

  test('nothing is an empty text', () => {
    expect(decodeText(new Uint8Array())).toEqual({ text: '', encoding: 'utf-8', warnings: [] });
  });
});
