/** A way in as a sentence names it. */
export const wayInWords = {
  password: 'password', password_totp: 'password and one-time password', password_recovery: 'password and recovery code', password_passkey: 'password, then a new passkey', passkey: 'passkey', oidc: 'another provider',
} as const;
