/** What is said when pasted content takes another form. */
export const pasting = {
  picture: (name: string) =>
    name === '' ? 'A picture was left out.' : `A picture was left out: ${name}.`,
  pictures: (count: number) => `${count} pictures were left out.`,
  file: 'A file cannot be put into the text.',
  table: 'A table became lines, one for each of its rows.',
  player: 'A player became its address.',
  playerOut: 'A player or a frame was left out: its address is not known.',
  control: 'A field of a form was left out.',
  folded: 'What was folded away was left out. Unfold it, and copy it again.',
  link: 'A link whose address is not allowed here became its words.',
  letters: 'Raised or lowered letters that have no sign of their own stand in ^( ) and _( ).',
  formula: 'A formula is written as TeX.',
  notes: 'There are no footnotes in this text: they stand in brackets.',
  itemLines: 'Another paragraph of a list item became an item.',
  listNumbers: 'A list is numbered from 1 here: its numbers or letters were others.',
  listInQuote: 'A list within a quote became lines.',
  markdown: 'Read as Markdown. Undo it for the text as it was copied.',
  keptRaw: 'Some of it has no form here: its source is kept, and published as it is.',
  fields:
    'Fields above the text, such as its author and date, were left out: import it to have them.',
  wrapped: 'Wrapped lines became paragraphs. Undo it for the lines as they were copied.',
  keptAsText: 'Some of it has no form here and stays as it was written.',
} as const;
