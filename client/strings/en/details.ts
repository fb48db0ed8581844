/** The fields beside the text, which go out as front matter. */
export const details = {
  about: 'They stand above the text of an export with front matter, and nowhere in it.',
  names: {
    byline: 'Byline',
    date: 'Date',
    slug: 'Slug',
    excerpt: 'Excerpt',
    tags: 'Tags',
    canonicalUrl: 'Canonical URL',
  },
  dateHint: 'Such as 2026-01-31.',
  listHint: 'With commas between them.',
  dataHint: 'As JSON.',
  noJson: 'This is no JSON; it is not kept.',
  tooLong: 'It is too long to be edited here.',
  meanwhile: (value: string) =>
    value === '' ? 'Taken out meanwhile by somebody else.' : `Meanwhile it says: ${value}`,
  others: 'Other fields',
  otherHint: 'As they came with a file. What is emptied is taken out.',
  add: 'Add a field',
  addName: 'Name',
  addValue: 'Value',
  addButton: 'Add',
  taken: 'There is a field of this name.',
  ofText: 'The title and the standfirst stand above the text.',
} as const;
