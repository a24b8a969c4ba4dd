export const MIN_PASSWORD = 12;
/** Beyond this a password only costs time to hash. */
export const MAX_PASSWORD = 256;

const MINUTE = 60_000;
export const FIRST_LINK_MS = 15 * MINUTE;
export const INVITATION_MS = 24 * 60 * MINUTE;
export const TICKET_MS = MINUTE;
/** Who signed in this lately needs no further proof to change their keys. */
export const RECENT_SIGN_IN_MS = 10 * MINUTE;
/** From the right password to the code. */
export const SECOND_STEP_MS = 5 * MINUTE;
/** From the secret being shown to the first code. */
export const ENROLMENT_MS = 30 * MINUTE;
/** Who signed in so short a time ago, and has no password, may change their credentials. */
export const FRESH_SIGN_IN_MS = 15 * MINUTE;
/** How long a challenge that was handed out for a step-up may be answered. */
export const CHALLENGE_SECONDS = 60;
/** The longest that an administrator may let a sign-in last; the cookie lives as long, and the server ends it sooner. */
export const LONGEST_SIGN_IN_HOURS = 720;
/** "Last seen" is kept this fresh; writing it at each request would make every read a write. */
export const TOUCH_MS = MINUTE;

/** Longer than any password that can be set, in either Unicode form: such a text is refused whole. Cut to what fits it would be another one than was typed. */
export const isPasswordTooLong = (password: string): boolean => [...password].length > MAX_PASSWORD && [...password.normalize('NFKC')].length > MAX_PASSWORD;

/** Of whom a second factor is required: of nobody, of whoever may do what takes this role or a higher one, or of everybody. */
export const secondFactorFrom = ['nobody', 'admin', 'reviewer', 'author', 'responder', 'analyst', 'everybody'] as const;
export type SecondFactorFrom = (typeof secondFactorFrom)[number];

/** What is remembered of failed attempts under one key (an account or an address). */
export type Attempts = { failures: number; lockedUntil: Date | null; updatedAt: Date };
export type AttemptKind = 'account' | 'address' | 'code';

const limits = {
  account: { free: 5, firstMs: 15_000, longestMs: 15 * MINUTE, forgetMs: 60 * MINUTE },
  // Many people can sit behind one address.
  address: { free: 20, firstMs: 5_000, longestMs: 15 * MINUTE, forgetMs: 60 * MINUTE },
  // Three of a million codes are right at any time, so that some ten guesses a day find one in ninety years. Only who has the password gets here.
  code: { free: 5, firstMs: MINUTE, longestMs: 4 * 60 * MINUTE, forgetMs: 24 * 60 * MINUTE },
} as const;

export const isLocked = (attempts: Attempts, now: Date): boolean => attempts.lockedUntil !== null && attempts.lockedUntil > now;

/** Counts one more attempt before its password is looked at, so that a hundred at once are a hundred. Each lock is twice the one before. */
export function countAttempt(attempts: Attempts, kind: AttemptKind, now: Date): { failures: number; lockedUntil: Date | null } {
  const { free, firstMs, longestMs, forgetMs } = limits[kind];
  const stale = now.getTime() - attempts.updatedAt.getTime() > forgetMs;
  const failures = (stale ? 0 : attempts.failures) + 1;
  if (failures < free) return { failures, lockedUntil: null };
  const lock = Math.min(firstMs * 2 ** Math.min(failures - free, 20), longestMs);
  return { failures, lockedUntil: new Date(now.getTime() + lock) };
}

/** How long a sign-in lasts, as an administrator has set it. */
export type SignInLimits = { idleMs: number; absoluteMs: number };

/** When a sign-in is over at the latest: shorter limits end older sign-ins too, longer ones give them no more than they were opened with. */
export const signInEndsAt = (row: { createdAt: Date; expiresAt: Date }, limits: SignInLimits): Date =>
  new Date(Math.min(row.expiresAt.getTime(), row.createdAt.getTime() + limits.absoluteMs));

/** Why a sign-in no longer holds, or that it does. */
export function signInState(row: { createdAt: Date; lastSeenAt: Date; expiresAt: Date; revokedAt: Date | null }, now: Date, limits: SignInLimits): 'live' | 'revoked' | 'expired' | 'idle' {
  if (row.revokedAt) return 'revoked';
  // Whichever came first is what ended it.
  const idleAt = row.lastSeenAt.getTime() + limits.idleMs;
  const endsAt = signInEndsAt(row, limits).getTime();
  if (now.getTime() > idleAt && idleAt < endsAt) return 'idle';
  return endsAt <= now.getTime() ? 'expired' : 'live';
}
