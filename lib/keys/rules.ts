/** Every name, in the order in which they are shown. */
export const rotatableNames = ['agent-token', 'permit', 'control/order', 'bundle', 'checkpoint', 'payload-wrapping', 'credential-wrapping', 'channel-wrapping', 'auth'] as const;
export type RotatableName = (typeof rotatableNames)[number];

type Holder = 'gateway' | 'worker' | 'control' | 'console';

/** Who holds a key, which is who rotates it, and what it is for. */
export const keyFacts: Record<RotatableName, { holder: Holder; signs: string }> = {
  'agent-token': { holder: 'gateway', signs: 'what agents show when they connect' },
  'permit': { holder: 'gateway', signs: 'the proof that one call was allowed' },
  'control/order': { holder: 'control', signs: 'stops and their release, as agents obey them' },
  'bundle': { holder: 'worker', signs: 'the policies that gateways decide by' },
  'checkpoint': { holder: 'worker', signs: 'what the log was at a moment, and exports of it' },
  'payload-wrapping': { holder: 'worker', signs: 'the keys that sessions’ texts are sealed with' },
  'credential-wrapping': { holder: 'console', signs: 'people’s one-time-password secrets' },
  'channel-wrapping': { holder: 'worker', signs: 'the addresses and secrets of notification channels' },
  'auth': { holder: 'console', signs: 'the cookies of signed-in browsers' },
};

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What lives how long in this installation (milliseconds). */
export type Lives = { tokenMs: number; leaseMs: number };

/** The least overlap: as long as the longest life of what the old key signed. */
export function leastOverlapMs(name: RotatableName, { tokenMs, leaseMs }: Lives): number {
  return name === 'agent-token' ? tokenMs : name === 'permit' ? leaseMs : 0;
}

export function usualOverlapMs(name: RotatableName, lives: Lives): number {
  // A cookie lives for seven days; with less, people sign in again, which is no harm.
  return name === 'auth' ? 7 * DAY : Math.max(15 * MINUTE, leastOverlapMs(name, lives));
}

/**
 * How long a new key is only known before it signs. Verifiers keep key sets for up to 5 s before an unknown key makes them
 * look again; what none of them had to look for, none of them can refuse.
 */
export function signsAfterMs(name: RotatableName): number {
  return name === 'agent-token' || name === 'permit' ? 6_000 : 0;
}

/** Keys of which the keeper ends the old one by itself once the overlap is over and nothing needs it. The others take a person. */
export const endsAlone: ReadonlySet<RotatableName> = new Set<RotatableName>(['agent-token', 'permit', 'bundle', 'checkpoint', 'auth']);

/** A sentence where a key deserves a look; undefined where all is well. */
export function remarkOn(key: { name: RotatableName; createdAt: string; lastUsedAt: string | null; state: string }, now: Date): string | undefined {
  const age = now.getTime() - Date.parse(key.createdAt);
  if (key.state === 'signs' && age > 365 * DAY) return 'Older than a year. Rotate it when it suits you; nothing stops working meanwhile.';
  if (key.state === 'signs' && key.lastUsedAt === null && age > DAY) return 'Never used since it was made. If that is no surprise, nothing is wrong.';
  return undefined;
}
