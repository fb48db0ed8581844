export const pieces = {
  title: 'Pieces',
  untitled: 'Untitled',
  search: 'Search titles and standfirsts',
  newPiece: 'New piece',
  blank: 'Blank',
  fromTemplate: 'From a template',
  empty: {
    title: 'Nothing written yet',
    body: 'A piece is one op-ed or analysis: sections, theses, and the counterpoints that answer them. Begin blank, or with a template that has all of these.',
  },
  noneFound: 'No piece is like that.',
  noneDeleted: 'Nothing was deleted that you could bring back.',
  filter: 'Status',
  anyStatus: 'Any status',
  deleted: 'Deleted',
  deletedTitle: 'Deleted pieces',
  undelete: 'Bring back',
  rename: 'Rename',
  fromText: 'From a text…',
  present: (names: string) => `In it now: ${names}`,
  paste: {
    title: 'New piece from a text',
    content: 'Paste the text here',
    create: 'Make the piece',
    open: 'Open the piece',
    warned: 'The piece is made. This of the text is not in it as it was:',
  },
  drop: {
    here: 'Drop Markdown or text files to make pieces of them',
    unknown: (name: string) => `“${name}” is neither Markdown (.md) nor plain text (.txt).`,
    done: (name: string, [first, ...more]: readonly { line: number; message: string }[]) =>
      `“${name}” is a piece now.` +
      (first ? ` Line ${first.line}: ${first.message}.` : '') +
      (more.length > 0 ? ` And ${more.length} more of this kind.` : ''),
    failed: (name: string, why: string) => `“${name}” could not be taken: ${why}`,
  },
  more: 'Show more',
  remove: 'Delete',
  actions: (title: string) => `What to do with ${title}`,
  removed: (title: string) => `“${title}” was deleted.`,
  changed: (ago: string) => `changed ${ago}`,
  changedBy: (ago: string, name: string) => `changed ${ago} by ${name}`,
  status: { draft: 'Draft', review: 'In review', published: 'Published' },
  signOut: 'Sign out',
  template: {
    title: 'A title that says what you hold',
    standfirst: 'One sentence: what should change, and why now.',
    content: `Open with what happened, or with somebody to whom it happened.

## What is wrong

:::thesis{#wrong}
State what you hold, in one sentence that somebody could deny.
:::

Say how you know.

:::counterpoint{#but answers=wrong}
What would the best of those who disagree answer?
:::

## What to do

:::thesis{#do}
Name the one thing that should be done, and by whom.
:::

Say what it costs, and who pays.
`,
  },
} as const;
