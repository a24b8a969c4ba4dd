/** After so many failures in a row a channel counts as failing, which is an alert. */
export const FAILING_AFTER = 5;
/** No page is worth sending after this (milliseconds): it becomes a dead letter, which a person sees. */
export const FINAL_AGE_MS = 24 * 60 * 60_000;
/** How long a worker has for one attempt before another may take it over; more than the longest attempt. */
export const LEASE_MS = 45_000;
/** From the look-up to the last byte of the answer. */
export const ATTEMPT_MS = 10_000;
const FIRST_MS = 5_000;
const LONGEST_MS = 10 * 60_000;
const LONGEST_WINDOW_MS = 15 * 60_000;

/** How long to wait after the n-th failure: doubled each time up to ten minutes, a fifth more or less by chance (`chance` from 0 up to 1), and never less than the receiver asks. */
export function backoffMs(attempts: number, chance: number, retryAfterMs = 0): number {
  const steady = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(Math.max(attempts, 1) - 1, 20));
  return Math.round(Math.max(steady * (0.8 + 0.4 * chance), Math.min(retryAfterMs, LONGEST_MS)));
}

/** How an attempt went. `final`: trying again changes nothing. */
export type Attempt = { ok: true; status: number | null } | { ok: false; status: number | null; error: string; final: boolean; retryAfterMs?: number };

/** What an HTTP answer means. Redirects are not followed, so whoever moved has to be set up anew; what is refused for its form is refused again. */
export function judgeAnswer(status: number, retryAfter: string | undefined): Attempt {
  if (status >= 200 && status < 300) return { ok: true, status };
  if (status >= 300 && status < 400) return { ok: false, status, final: true, error: `It answered ${status}, a redirect, which is not followed. It is to be called by the address that it leads to.` };
  if (status === 400 || status === 410 || status === 413) return { ok: false, status, final: true, error: status === 410 ? 'It answered 410: nobody receives there any more.' : `It answered ${status}: it refuses what it was sent.` };
  const seconds = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) : 0;
  return { ok: false, status, final: false, error: `It answered ${status}.`, ...(seconds > 0 && { retryAfterMs: seconds * 1_000 }) };
}

export type Fate = { state: 'delivered' } | { state: 'waiting'; inMs: number } | { state: 'dead' };

/** What becomes of a notice after an attempt. A test is tried once: whoever pressed the button is waiting for what it says. */
export function fateOf(attempt: Attempt, { attempts, ageMs, test }: { attempts: number; ageMs: number; test: boolean }, chance: number): Fate {
  if (attempt.ok) return { state: 'delivered' };
  const inMs = backoffMs(attempts, chance, attempt.retryAfterMs);
  return attempt.final || test || ageMs + inMs > FINAL_AGE_MS ? { state: 'dead' } : { state: 'waiting', inMs };
}

/** How long more of the same is gathered: longer each time that more came, up to a quarter of an hour. */
export const windowMs = (groupSeconds: number, rounds: number): number => Math.max(groupSeconds * 1_000, Math.min(LONGEST_WINDOW_MS, groupSeconds * 1_000 * 2 ** Math.min(rounds, 20)));
