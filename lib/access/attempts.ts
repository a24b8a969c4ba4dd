import { hash } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { transaction, type Sql } from '@/lib/db';
import { countAttempt, isLocked, type AttemptKind } from './rules';

type Row = { key: string; failures: number; lockedUntil: Date | null; lockNoted: boolean; updatedAt: Date };
export type Admission = { kind: 'admitted' } | { kind: 'locked'; note: boolean };

/** Hashed: people type their password into the wrong field, and this table outlives the mistake. */
export const accountKey = (email: string): string => `account:${hash('sha256', email, 'hex')}`;

/** One-time passwords and recovery codes of a person, wherever they are asked for. */
export const codeKey = (personId: string): string => `code:${personId}`;

/** An address of version 6 counts with its whole network: a household owns 2^64 of them. */
export function addressKey(ip: string | undefined): string | undefined {
  if (!ip || !ipaddr.isValid(ip)) return undefined;
  const address = ipaddr.process(ip);
  return `address:${address.kind() === 'ipv6' ? `${address.toNormalizedString().split(':').slice(0, 4).join(':')}::/64` : address.toString()}`;
}

/** Takes a turn under every key, or under none when one of them is locked. `note` is true once a lock. */
export function takeTurn(keys: readonly string[], now: Date): Promise<Admission> {
  return transaction(async (tx) => {
    const sorted = [...new Set(keys)].sort();
    await tx.$executeRaw`INSERT INTO sign_in_attempt (key, failures, updated_at) SELECT unnest(${sorted}::text[]), 0, ${now}::timestamptz ON CONFLICT (key) DO NOTHING`;
    const rows = await tx.$queryRaw<Row[]>`
      SELECT key, failures, locked_until AS "lockedUntil", lock_noted AS "lockNoted", updated_at AS "updatedAt" FROM sign_in_attempt WHERE key = ANY(${sorted}::text[]) ORDER BY key FOR UPDATE`;
    const locked = rows.filter((row) => isLocked(row, now));
    if (locked.length > 0) {
      const note = locked.some((row) => !row.lockNoted);
      if (note) await tx.signInAttempt.updateMany({ where: { key: { in: locked.map((row) => row.key) } }, data: { lockNoted: true } });
      return { kind: 'locked', note };
    }
    for (const row of rows) {
      const counted = countAttempt(row, row.key.split(':', 1)[0] as AttemptKind, now);
      await tx.signInAttempt.update({ where: { key: row.key }, data: { ...counted, lockNoted: false, updatedAt: now } });
    }
    return { kind: 'admitted' };
  });
}

/** The attempt succeeded: account and codes start afresh, the address gets back the one turn it took. */
export async function giveBackTurn(tx: Sql, keys: readonly string[]): Promise<void> {
  for (const key of [...keys].sort()) {
    if (!key.startsWith('address:')) await tx.rows('DELETE FROM sign_in_attempt WHERE key = $1', [key]);
    else await tx.rows('UPDATE sign_in_attempt SET failures = greatest(failures - 1, 0), locked_until = NULL WHERE key = $1', [key]);
  }
}
