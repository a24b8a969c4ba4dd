import { z } from 'zod';
import { liveStopKeys, usedStopNonces, type HeldStopKey, type UsedNonce } from '@/lib/access';
import type { Sql } from '@/lib/db';
import { KeptRows } from './kept-rows';

const keySchema = z.object({
  id: z.string(), jwk: z.record(z.string(), z.unknown()), expiresAt: z.coerce.date(), revokedAt: z.null(),
  person: z.object({ id: z.string(), name: z.string(), state: z.string(), roles: z.array(z.string()), customRoles: z.array(z.object({ name: z.string(), verbs: z.array(z.string()) })) }),
});

/** The rounds of control are quicker than this while a fence is being waited for; who may stop is read this often at most (milliseconds). */
const REFRESH_MS = 300;

/**
 * The public halves of browsers' live stop keys with their persons and roles, and the numbers that were used, in memory and (the keys)
 * in a file of control's own: so that a press is known by its key also while Postgres is away, and after a restart in that time.
 * It is asked only then; while the database answers, the database says who may stop.
 */
export class StopKeyCache {
  private keys: ReadonlyMap<string, HeldStopKey> = new Map();
  private readonly kept: KeptRows<HeldStopKey>;
  private readonly used = new Map<string, number>();
  private readAt = -Infinity;

  constructor(file: string) {
    this.kept = new KeptRows<HeldStopKey>(file, keySchema, (rows) => { this.keys = new Map(rows.map((row) => [row.id, row])); });
  }

  async refresh(sql: Sql): Promise<void> {
    if (performance.now() - this.readAt < REFRESH_MS) return;
    const rows = await liveStopKeys(sql);
    for (const nonce of await usedStopNonces(sql)) this.spend(nonce);
    this.readAt = performance.now();
    this.forgetNonces(Date.now());
    this.kept.keep(rows);
  }

  get(id: string): HeldStopKey | undefined { return this.keys.get(id); }

  /** Takes a number; false when it was used before. Of two at once, one gets it. */
  spend({ keyId, nonce, expiresAt }: UsedNonce): boolean {
    const name = `${keyId} ${nonce}`;
    if (this.used.has(name)) return false;
    this.used.set(name, Date.parse(expiresAt));
    return true;
  }

  private forgetNonces(now: number): void {
    for (const [name, expiresAt] of this.used) if (expiresAt < now) this.used.delete(name);
  }
}
