import { z } from 'zod';
import type { Actor } from '@/lib/context';
import type { Sql } from '@/lib/db';
import { hashSecret, secretKind } from '@/lib/signing';
import { KeptRows } from './kept-rows';

const keySchema = z.object({ id: z.string(), name: z.string(), hash: z.string(), scopes: z.array(z.string()), environments: z.array(z.string()) });
type HeldKey = z.infer<typeof keySchema>;

/**
 * Control keys by the hash of their secret, in memory and in a file of control's own, so that a stop is known by its key
 * also while Postgres is away, and after a restart in that time.
 */
export class KeyCache {
  private keys: ReadonlyMap<string, HeldKey> = new Map();
  private readonly kept: KeptRows<HeldKey>;

  constructor(file: string) {
    this.kept = new KeptRows(file, keySchema, (rows) => { this.keys = new Map(rows.map((row) => [row.hash, row])); });
  }

  async refresh(sql: Sql): Promise<void> {
    this.kept.keep(await sql.rows<HeldKey>('SELECT id, name, hash, scopes, environments FROM control_key WHERE revoked_at IS NULL ORDER BY id'));
  }

  /** Who presents this secret. Compared by hash: a lookup's time says nothing about a secret of 256 random bits. */
  actorOf(secret: string): Extract<Actor, { kind: 'control_key' }> | undefined {
    if (secretKind(secret) !== 'ctl') return undefined;
    const key = this.keys.get(hashSecret(secret));
    return key && { kind: 'control_key', id: key.id, name: key.name, scopes: key.scopes, environments: key.environments };
  }
}
