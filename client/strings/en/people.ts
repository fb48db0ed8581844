export const people = {
  title: 'People',
  name: 'Name',
  email: 'Email',
  role: 'Role',
  roles: { member: 'Member', admin: 'Admin' },
  add: 'Add a person',
  adding: 'Add',
  invite: 'Invite link',
  inviteFor: (name: string) => `Invite link for ${name}`,
  inviteTitle: (name: string) => `A link for ${name}`,
  inviteBody: (until: string) =>
    `Send it by a way that only they read. It signs them in once, until ${until}, and asks for a password.`,
  link: 'Link',
  copy: 'Copy the link',
  copied: 'The link is on your clipboard.',
  notCopied: 'The browser gives no access to the clipboard. Select the link and copy it.',
  more: 'Show more',
  onlyAdmins: 'Only admins see who is in the newsroom.',
} as const;

export const account = {
  title: 'Account',
  password: 'Password',
  current: 'Current password',
  currentHint: 'Empty, if you have never had one.',
  next: 'New password',
  change: 'Change the password',
  changed: 'The password is changed. Your other sessions have ended.',
  tokens: 'API tokens',
  tokensBody: 'For programs that work in your name. Each can do what you can.',
  noTokens: 'There are none.',
  tokenName: 'What it is for',
  expires: 'Until',
  expiresHint: 'Empty: until you delete it.',
  make: 'Make a token',
  made: 'The token is shown this once. Keep it where your program finds it.',
  token: 'Token',
  copy: 'Copy the token',
  remove: (name: string) => `Delete the token “${name}”`,
  facts: (made: string, used: string | null, until: string | null) =>
    [
      `made ${made}`,
      used === null ? 'never used' : `used ${used}`,
      until === null ? null : `until ${until}`,
    ]
      .filter(Boolean)
      .join(' · '),
  everywhere: 'Sign out everywhere',
  everywhereBody: 'Ends every session of yours, this one too. Tokens stay.',
} as const;
