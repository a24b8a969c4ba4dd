import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Sql } from '@/lib/db';
import { hashSecret, secretKind, secretMatches } from '@/lib/signing';
import { liveSupervisorKeys, type HeldSupervisorKey } from '@/lib/supervisors';
import { replacePrivateFile } from './private-file';

const keySchema = z.object({ id: z.string(), hash: z.string(), agentId: z.string(), environment: z.string() });

/**
 * Supervisors' keys by the hash of their secret, in memory and in a file of control's own, so that a supervisor is known also while
 * Postgres is away, and after a restart in that time.
 */
export class SupervisorKeyCache {
  private keys = new Map<string, HeldSupervisorKey>();
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
    const rows = await liveSupervisorKeys(sql);
    this.hold(rows);
    const text = JSON.stringify(rows);
    if (text === this.written) return;
    replacePrivateFile(this.file, text);
    this.written = text;
  }

  /** Whose secret this is. Found by its hash, whose time says nothing about 256 random bits, and compared once more in constant time. */
  keyOf(secret: string): HeldSupervisorKey | undefined {
    if (secretKind(secret) !== 'sup') return undefined;
    const key = this.keys.get(hashSecret(secret));
    return key && secretMatches(secret, key.hash) ? key : undefined;
  }

  /** Whether a key that let somebody in still would. */
  has(id: string): boolean { return this.ids.has(id); }

  private ids = new Set<string>();
  private hold(rows: HeldSupervisorKey[]): void {
    this.keys = new Map(rows.map((row) => [row.hash, row]));
    this.ids = new Set(rows.map((row) => row.id));
  }
}
