import fc from 'fast-check';

/** Words as prose has them; the frequent ones are short. */
const words = [
  ...'the of and to a in is that it was for on as with he be at by had not are but from or have'.split(
    ' ',
  ),
  ...'street council number people night driver nobody paper figure because although operator'.split(
    ' ',
  ),
  ...'midnight ministry photograph telephone neighbourhood Wednesday Okafor I café Straße don’t'.split(
    ' ',
  ),
  ...'9,000 1962 (sic) “quoted” it’s – — e.g. / & https://example.org/a/page?of=this'.split(' '),
];

const word = fc.constantFrom(...words);
const end = fc.constantFrom('.', '.', '.', '?', '!', '.”', '.)');

/** A sentence of six words or more. */
const sentence = fc
  .tuple(fc.array(word, { minLength: 6, maxLength: 30 }), end)
  .map(([all, stop]) => {
    const [first = 'A', ...rest] = all.join(' ').replace(/^[^\p{L}]+/u, '') || 'A';
    return `${first.toUpperCase()}${rest.join('')} then${stop}`;
  });

export const paragraph = fc
  .array(sentence, { minLength: 2, maxLength: 7 })
  .map((sentences) => sentences.join(' '));

/** Three paragraphs or more: what a single break means nobody can know. */
export const prose = fc.array(paragraph, { minLength: 3, maxLength: 8 });

/** As editors, mailers and `fmt` wrap: each line takes what it can hold. */
export function wrap(text: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const next of text.split(' ')) {
    if (line !== '' && line.length + 1 + next.length > width) {
      lines.push(line);
      line = next;
    } else line = line === '' ? next : `${line} ${next}`;
  }
  return [...lines, line].join('\n');
}
