export const common = {
  appName: 'Counterpoint',
  cancel: 'Cancel',
  close: 'Close',
  save: 'Save',
  tryAgain: 'Try again',
  undo: 'Undo',
  loading: 'Loading…',
  overlays: 'Menus and hints',
  notifications: 'Notifications',
  optional: 'optional',
  home: 'Pieces',
  skipToContent: 'Skip to the content',
  notFound: {
    title: 'There is nothing here',
    body: 'The address may be mistyped, or what was here is gone.',
    action: 'All pieces',
  },
  crashed: {
    title: 'Something in this page broke',
    body: 'What was reported saved is safe on the server. Load the page again to go on.',
    action: 'Load again',
  },
  problem: {
    title: 'This could not be loaded',
    network: 'The server does not answer. Check your connection; we try again by ourselves.',
    unreadable: 'Something other than Counterpoint answered. Is a proxy in between?',
    tooMany: (seconds: number) =>
      `Too many tries. Wait ${seconds} second${seconds === 1 ? '' : 's'}, then try again.`,
    unexpected: 'That did not work, and the server did not say why.',
  },
  theme: { label: 'Theme', light: 'Light', dark: 'Dark', system: 'Like the system' },
  words: (count: string, one: boolean) => `${count} ${one ? 'word' : 'words'}`,
} as const;
