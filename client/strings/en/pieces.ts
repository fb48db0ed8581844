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
  noneFound: (query: string) => `No title or standfirst has “${query}” in it.`,
  more: 'Show more',
  remove: 'Delete',
  actions: (title: string) => `What to do with ${title}`,
  removed: (title: string) => `“${title}” was deleted.`,
  changed: (ago: string) => `changed ${ago}`,
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
