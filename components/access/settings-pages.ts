/** What the settings consist of, in the order of the row above them. */
export const settingsPages = [
  { href: '/settings', label: 'You' },
  { href: '/settings/people', label: 'People' },
  { href: '/settings/sign-in', label: 'Sign-in' },
  { href: '/settings/roles', label: 'Roles' },
  { href: '/settings/on-call', label: 'On call' },
  { href: '/settings/tokens', label: 'Tokens' },
  { href: '/settings/channels', label: 'Channels' },
  { href: '/settings/keys', label: 'Keys' },
  { href: '/settings/stopping', label: 'Stopping' },
  { href: '/settings/data', label: 'Data' },
  { href: '/settings/single-sign-on', label: 'Single sign-on' },
] as const;
