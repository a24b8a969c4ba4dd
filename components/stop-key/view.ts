import type { StopKeyView } from '@/lib/access/schema';

export type { StopKeyView };

/** Who may hold a stop key in this browser, and what the server does for it. */
export type KeyHolder = {
  personId: string; signInId: string; wide: boolean;
  register: (input: { jwk: Record<string, unknown>; name: string; replaces?: string }) => Promise<{ ok: true; id: string; expiresAt: string } | { ok: false }>;
  isLive: (keyId: string) => Promise<boolean>;
};

/** What is to be stopped. Names never travel, and are never kept. */
export type Cover = { scope: string; target?: string; environment?: string; holdMinutes?: number };

/** `holdMinutes`: for how long new sessions of the agent are held with it, where that was signed and taken. */
export type StoppedByKey = { kind: 'stopped'; orderId: string; standing: boolean; durability: 'database' | 'journal'; holdMinutes?: number };
export type KeyStop =
  | StoppedByKey
  /** This browser holds no key, or none any more: what to say about it. */
  | { kind: 'no_key'; because: string }
  | { kind: 'refused'; because: string }
  | { kind: 'unreachable'; because: string };
