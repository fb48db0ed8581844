export const sharing = {
  open: 'Share',
  title: 'Who may do what',
  add: 'Add by name or email',
  none: 'Nobody like that is in the newsroom, or they are on the piece already.',
  addAs: (name: string, role: string) => `Add ${name} as ${role}`,
  role: (name: string) => `Role of ${name}`,
  remove: (name: string) => `Remove ${name}`,
  as: 'as',
  you: 'you',
  roles: { owner: 'Owner', writer: 'Writer', reviewer: 'Reviewer', reader: 'Reader' },
  does: {
    owner: 'may also decide who is on the piece, and delete it',
    writer: 'writes, and decides on suggestions',
    reviewer: 'comments and suggests, without changing the text',
    reader: 'reads',
  },
} as const;

export const refused = {
  notice: (count: number) =>
    count === 1
      ? 'An edit was not accepted, and is kept.'
      : `${count} edits were not accepted, and are kept.`,
  /** What the latest of them holds; `name` is its author's. */
  holds: {
    added: (name: string, text: string) => `${name} would have added “${text}”.`,
    removed: (name: string, text: string) => `${name} would have removed “${text}”.`,
    both: (name: string, added: string, removed: string) =>
      `${name} would have added “${added}” and removed “${removed}”.`,
    look: (name: string) => `${name} would have changed only how words look.`,
  },
  you: 'You',
  look: 'Look at it',
  title: 'Edits that were not accepted',
  about:
    'They came from people who could not write here when they did. You can put them in, or delete them.',
  by: (name: string, when: string) => `${name}, ${when}`,
  reasons: {
    may_not_edit: 'May not write in this piece',
    right_withdrawn: 'May not write in this piece any more',
    not_your_client_id: 'Came under somebody else’s name',
    unconfirmed: 'Passed on for somebody else after a crash',
    piece_locked: 'The piece was locked',
    piece_full: 'The piece was as large as it may be',
  },
  apply: 'Put it in',
  remove: 'Delete it',
  applied: 'It is in the piece now, under its author’s name.',
  empty: 'There are none left.',
} as const;
