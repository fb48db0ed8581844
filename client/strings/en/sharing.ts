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
  look: 'Look at it',
  title: 'Edits that were not accepted',
  about:
    'They came from people who may not write here, or not any more. You can put them in, or delete them.',
  by: (name: string, when: string) => `${name}, ${when}`,
  added: 'would have added',
  removed: 'would have removed',
  onlyLook: 'Changes only how words look, or nothing that is left.',
  apply: 'Put it in',
  remove: 'Delete it',
  applied: 'It is in the piece now, under its author’s name.',
  empty: 'There are none left.',
} as const;
