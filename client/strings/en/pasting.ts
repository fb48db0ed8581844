/** What is said when pasted content takes another form. */
export const pasting = {
  picture: (name: string) =>
    name === '' ? 'A picture was left out.' : `A picture was left out: ${name}.`,
  pictures: (count: number) => `${count} pictures were left out.`,
  file: 'A file cannot be put into the text.',
  table: 'A table became lines, one for each of its rows.',
  player: 'A player became its address.',
  letters: 'Raised or lowered letters that have no sign of their own stand in ^( ) and _( ).',
  formula: 'A formula is written as TeX.',
  notes: 'There are no footnotes in this text: they stand in brackets.',
  itemLines: 'Another paragraph of a list item became an item.',
  listStart: 'A list that began with another number begins with 1.',
  listInQuote: 'A list within a quote became lines.',
  markdown: 'Read as Markdown. Undo it for the text as it was copied.',
  keptAsText: 'Some of it has no form here and stays as it was written.',
} as const;
