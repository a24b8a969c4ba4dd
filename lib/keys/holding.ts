import type { Context } from '@/lib/context';
import type { KeyProvider } from '@/lib/signing';
import type { Lives, RotatableName } from './rules';

/** The keys that one process holds, and what it knows about what they signed. */
export type Holding = {
  process: 'gateway' | 'worker' | 'control' | 'console';
  names: readonly RotatableName[];
  keys: KeyProvider;
  lives: Lives;
  /** The retention role's address: what wraps a data key anew destroys the one that was there. */
  retentionUrl?: string | undefined;
  /** Makes anew under the newest key what the one before it vouches for. Safe to run again. */
  renew?: Partial<Record<RotatableName, (ctx: Context, previousKid: string) => Promise<void>>>;
  /** The same, where it may only happen when the old key is about to end. */
  renewBeforeEnd?: Partial<Record<RotatableName, (ctx: Context, kid: string, previousKid: string) => Promise<void>>>;
  /** A sentence about what still needs the old key; undefined when nothing does. */
  needs?: Partial<Record<RotatableName, (previousKid: string) => Promise<string | undefined>>>;
};
