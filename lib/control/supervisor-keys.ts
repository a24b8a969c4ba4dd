import { z } from 'zod';
import type { Sql } from '@/lib/db';
import { hashSecret, secretKind, secretMatches } from '@/lib/signing';
import { liveSupervisorKeys, type HeldSupervisorKey } from '@/lib/supervisors';
import { KeptRows } from './kept-rows';

const keySchema = z.object({ id: z.string(), hash: z.string(), agentId: z.string(), environment: z.string() });

/**
 * Supervisors' keys by the hash of their secret, in memory and in a file of control's own, so that a supervisor is known also while
 * Postgres is away, and after a restart in that time.
 */
export class SupervisorKeyCache {
  private keys: ReadonlyMap<string, HeldSupervisorKey> = new Map();
  private ids: ReadonlySet<string> = new Set();
  private readonly kept: KeptRows<HeldSupervisorKey>;

  constructor(file: string) {
    this.kept = new KeptRows(file, keySchema, (rows) => {
      this.keys = new Map(rows.map((row) => [row.hash, row]));
      this.ids = new Set(rows.map((row) => row.id));
    });
  }

  async refresh(sql: Sql): Promise<void> {
    this.kept.keep(await liveSupervisorKeys(sql));
  }

  /** Whose secret this is. Found by its hash, whose time says nothing about 256 random bits, and compared once more in constant time. */
  keyOf(secret: string): HeldSupervisorKey | undefined {
    if (secretKind(secret) !== 'sup') return undefined;
    const key = this.keys.get(hashSecret(secret));
    return key && secretMatches(secret, key.hash) ? key : undefined;
  }

  /** Whether a key that let somebody in still would. */
  has(id: string): boolean { return this.ids.has(id); }
}
