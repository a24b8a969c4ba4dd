import type { Issue } from '@/lib/protocol/wire-error';
import { commonPasswords } from './common-passwords';

export const MIN_PASSWORD = 12;
/** Beyond this a password only costs time to hash. */
export const MAX_PASSWORD = 256;

const MINUTE = 60_000;
export const FIRST_LINK_MS = 15 * MINUTE;
export const INVITATION_MS = 24 * 60 * MINUTE;
export const SIGN_IN_IDLE_MS = 12 * 60 * MINUTE;
export const SIGN_IN_ABSOLUTE_MS = 7 * 24 * 60 * MINUTE;
export const TICKET_MS = MINUTE;
/** Who signed in this lately needs no further proof to change their keys. */
export const RECENT_SIGN_IN_MS = 10 * MINUTE;
/** "Last seen" is kept this fresh; writing it at each request would make every read a write. */
export const TOUCH_MS = MINUTE;

/** What is wrong with a password for this person; empty when it will do. Length over composition, as NIST SP 800-63B has it. */
export function passwordIssues(password: string, email: string): Issue[] {
  const says = (message: string): Issue[] => [{ path: '/password', message }];
  const length = [...password].length;
  if (length < MIN_PASSWORD) return says(`At least ${MIN_PASSWORD} characters; four words in a row will do.`);
  if (length > MAX_PASSWORD) return says(`At most ${MAX_PASSWORD} characters.`);
  const plain = password.normalize('NFKC').toLowerCase();
  const [mailbox = ''] = email.toLowerCase().split('@');
  if (plain === email.toLowerCase() || (mailbox.length > 3 && plain.startsWith(mailbox) && plain.length - mailbox.length < 6)) return says('Not the e-mail address: it is the first thing that is tried.');
  if (new Set(plain).size < 5 || commonPasswords.has(plain) || commonPasswords.has(plain.replace(/[^a-z]+$/, ''))) return says('This one is on the lists that are tried first. Four words in a row that nobody would guess will do.');
  return [];
}

/** What is remembered of failed attempts under one key (an account or an address). */
export type Attempts = { failures: number; lockedUntil: Date | null; updatedAt: Date };
export type AttemptKind = 'account' | 'address';

const limits = {
  account: { free: 5, firstMs: 15_000 },
  // Many people can sit behind one address.
  address: { free: 20, firstMs: 5_000 },
} as const;
const LONGEST_LOCK_MS = 15 * MINUTE;
const FORGET_MS = 60 * MINUTE;

export const isLocked = (attempts: Attempts, now: Date): boolean => attempts.lockedUntil !== null && attempts.lockedUntil > now;

/** Counts one more attempt before its password is looked at, so that a hundred at once are a hundred. Each lock is twice the one before. */
export function countAttempt(attempts: Attempts, kind: AttemptKind, now: Date): { failures: number; lockedUntil: Date | null } {
  const { free, firstMs } = limits[kind];
  const stale = now.getTime() - attempts.updatedAt.getTime() > FORGET_MS;
  const failures = (stale ? 0 : attempts.failures) + 1;
  if (failures < free) return { failures, lockedUntil: null };
  const lock = Math.min(firstMs * 2 ** Math.min(failures - free, 20), LONGEST_LOCK_MS);
  return { failures, lockedUntil: new Date(now.getTime() + lock) };
}

/** Why a sign-in no longer holds, or that it does. */
export function signInState(row: { createdAt: Date; lastSeenAt: Date; expiresAt: Date; revokedAt: Date | null }, now: Date): 'live' | 'revoked' | 'expired' | 'idle' {
  if (row.revokedAt) return 'revoked';
  if (row.expiresAt <= now) return 'expired';
  return now.getTime() - row.lastSeenAt.getTime() > SIGN_IN_IDLE_MS ? 'idle' : 'live';
}
