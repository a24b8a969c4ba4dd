import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Actor } from '@/lib/context';
import type { Sql } from '@/lib/db';
import { hashSecret, secretKind } from '@/lib/signing';
import { replacePrivateFile } from './private-file';

const keySchema = z.object({ id: z.string(), name: z.string(), hash: z.string(), scopes: z.array(z.string()), environments: z.array(z.string()) });
type HeldKey = z.infer<typeof keySchema>;

/**
 * Control keys by the hash of their secret, in memory and in a file of control's own, so that a stop is known by its key
 * also while Postgres is away, and after a restart in that time.
 */
export class KeyCache {
  private keys = new Map<string, HeldKey>();
  private written = '';

  constructor(private readonly file: string) {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    try {
      this.hold(z.array(keySchema).parse(JSON.parse(readFileSync(file, 'utf8'))));
    } catch {
      // No file yet, or not ours: the database tells.
    }
  }

  async refresh(sql: Sql): Promise<void> {
    const rows = await sql.rows<HeldKey>('SELECT id, name, hash, scopes, environments FROM control_key WHERE revoked_at IS NULL ORDER BY id');
    this.hold(rows);
    const text = JSON.stringify(rows);
    if (text === this.written) return;
    replacePrivateFile(this.file, text);
    this.written = text;
  }

  /** Who presents this secret. Compared by hash: a lookup's time says nothing about a secret of 256 random bits. */
  actorOf(secret: string): Extract<Actor, { kind: 'control_key' }> | undefined {
    if (secretKind(secret) !== 'ctl') return undefined;
    const key = this.keys.get(hashSecret(secret));
    return key && { kind: 'control_key', id: key.id, name: key.name, scopes: key.scopes, environments: key.environments };
  }

  private hold(rows: HeldKey[]): void {
    this.keys = new Map(rows.map((row) => [row.hash, row]));
  }
}
