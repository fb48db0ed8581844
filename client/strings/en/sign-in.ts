export const signIn = {
  title: 'Sign in',
  email: 'Email',
  password: 'Password',
  submit: 'Sign in',
  withOidc: 'Sign in with your organisation',
  wrong: 'Email and password do not match.',
  noAccount: 'Nobody gets in uninvited: ask an admin of your newsroom for a link.',
  again: {
    title: 'You were signed out',
    field: 'Go on writing',
    body: 'Sign in again to go on where you were. What you have written is still here.',
    aside: 'Go on writing: it stays on this device, and is saved when you have signed in again.',
  },
  invite: {
    title: 'Welcome to the newsroom',
    password: 'Choose a password',
    hint: 'At least 8 characters. With it you sign in from now on.',
    incomplete: 'The link is not whole: what comes behind its “#” is missing.',
  },
  failed: {
    oidc_unavailable: 'Your organisation’s sign-in cannot be reached. Try again later.',
    oidc_failed: 'Signing in at your organisation did not work. Try again.',
    oidc_unknown:
      'Your organisation knows you, but this newsroom does not yet: ask an admin to add you.',
  },
} as const;
