import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a secret opens: an agent's token endpoint, a person's REST token, a control key, a supervisor's way to control. */
export const secretKinds = ['agent', 'user', 'ctl', 'sup'] as const;
export type SecretKind = (typeof secretKinds)[number];

const BODY = 43;
const CHECK = 6;
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SHAPE = new RegExp(`^csk_(${secretKinds.join('|')})_([0-9A-Za-z]{${BODY}})([0-9A-Za-z]{${CHECK}})$`);

/**
 * Makes a secret of 256 random bits: `csk_<kind>_`, 43 base-62 characters, 6 of checksum. The prefix lets scanners find a
 * leaked one, the checksum tells a mistyped one without asking the database, and a double click selects it whole.
 */
export function generateSecret(kind: SecretKind): { secret: string; hash: string; hint: string } {
  const prefix = `csk_${kind}_`;
  const body = base62(randomBytes(32), BODY);
  const secret = `${prefix}${body}${checksum(prefix + body)}`;
  return { secret, hash: hashSecret(secret), hint: `${prefix}…${secret.slice(-4)}` };
}

/** The kind of a well-formed secret; undefined for a mistyped, cut or foreign one. Says nothing about whether it is known. */
export function secretKind(text: string): SecretKind | undefined {
  const match = SHAPE.exec(text);
  if (!match) return undefined;
  const [, kind, body, check] = match as unknown as [string, SecretKind, string, string];
  return sameText(check, checksum(`csk_${kind}_${body}`)) ? kind : undefined;
}

/**
 * What is kept of a secret: SHA-256 in hex. A slow hash protects guessable passwords; 256 random bits cannot be guessed
 * from any hash, so the slow one would only make each request dear and give strangers a way to burn our CPU.
 */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** Whether a presented secret is the one kept as that hash, in a time that doesn't depend on where they differ. */
export function secretMatches(secret: string, keptHash: string): boolean {
  return sameText(hashSecret(secret), keptHash);
}

/** Constant-time comparison of two texts; texts of different lengths are compared by their hashes. */
export function sameText(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}

function checksum(text: string): string {
  return base62(hash('sha256', text, 'buffer').subarray(0, 4), CHECK);
}

function base62(bytes: Uint8Array, length: number): string {
  let number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (let i = 0; i < length; i++) {
    text = DIGITS[Number(number % 62n)] + text;
    number /= 62n;
  }
  return text;
}
