import type { Actor, Context, Role } from '@/lib/context';
import type { Sql } from '@/lib/db';
import { DomainError } from '@/lib/errors';
import { STOP_KEY_CLOCK_MS, type StopClaim } from '@/lib/protocol/stop-key';
import { verifyStopClaim } from '@/lib/signing';
import { knownRoles } from './internal';

export type StopKeyActor = Extract<Actor, { kind: 'person' }>;

/** A stop key and its person as they stand at this moment. */
export type HeldStopKey = {
  id: string; jwk: unknown; expiresAt: Date; revokedAt: Date | null;
  person: { id: string; name: string; state: string; roles: string[]; customRoles: { name: string; verbs: string[] }[] };
};

const REFUSED = {
  unknown: 'No stop key that is known here signed this, so nothing was stopped.',
  revoked: 'This device\'s stop key was revoked, so nothing was stopped. Sign in and stop there, or run the command on the host.',
  expired: 'This device\'s stop key is over its 30 days, so nothing was stopped. Sign in and stop there, or run the command on the host.',
  person: 'The account of this stop key is deactivated, so nothing was stopped.',
} as const;

/**
 * Who a signed stop speaks for: the key's person, held to engaging. Throws `unauthenticated` with `data.why`, which is told apart only
 * to whoever holds the key; or, where the time is off, `invalid` with the server's time, so that the client signs once more.
 */
export function admitStopKey(held: HeldStopKey | undefined, claim: StopClaim, signature: string, now: Date): StopKeyActor {
  if (!held || !verifyStopClaim(held.jwk, claim, signature)) throw refused('unknown');
  if (held.revokedAt) throw refused('revoked');
  if (held.expiresAt <= now) throw refused('expired');
  if (held.person.state !== 'active') throw refused('person');
  if (Math.abs(Date.parse(claim.ts) - now.getTime()) > STOP_KEY_CLOCK_MS) {
    throw new DomainError('invalid', `The time in this stop is more than five minutes from this server's, ${now.toISOString()}. Sign it again with that time.`, { data: { why: 'clock', serverTime: now.toISOString() } });
  }
  const { id, name, roles, customRoles } = held.person;
  // Held to engaging: whatever else its person may do, a stop key does not.
  return { kind: 'person', id, name, email: '', roles: knownRoles(roles) satisfies Role[], customRoles, via: 'stop_key', verbs: ['switch.engage.session', 'switch.engage.wide'] };
}

const refused = (why: keyof typeof REFUSED) => new DomainError('unauthenticated', REFUSED[why], { data: { why } });

const COLUMNS = `k.id, k.jwk, k.expires_at AS "expiresAt", k.revoked_at AS "revokedAt", json_build_object('id', p.id, 'name', p.name, 'state', p.state, 'roles', p.roles,
  'customRoles', coalesce((SELECT json_agg(json_build_object('name', c.name, 'verbs', c.verbs) ORDER BY c.name) FROM custom_role c WHERE c.name = ANY(p.roles) AND c.archived_at IS NULL), '[]'::json)) AS person`;

/** One key, with its person's roles of this moment. */
export async function readStopKey(tx: Sql, id: string): Promise<HeldStopKey | undefined> {
  return (await tx.rows<HeldStopKey>(`SELECT ${COLUMNS} FROM stop_key k JOIN person p ON p.id = k.person_id WHERE k.id = $1`, [id]))[0];
}

/** Every key that stops something now, for control to keep beside the database. */
export function liveStopKeys(tx: Sql): Promise<HeldStopKey[]> {
  return tx.rows<HeldStopKey>(`SELECT ${COLUMNS} FROM stop_key k JOIN person p ON p.id = k.person_id WHERE k.revoked_at IS NULL AND k.expires_at > clock_timestamp() AND p.state = 'active' ORDER BY k.id`);
}

/** Uses the number up, in the transaction of the stop. `conflict` when it was used before. */
export async function spendStopNonce(tx: Sql, ctx: Pick<Context, 'now'>, { keyId, nonce, ts }: StopClaim): Promise<void> {
  if (!(await keepStopNonce(tx, { keyId, nonce, expiresAt: nonceExpiry(ts) }))) throw usedNonce();
  await tx.rows('UPDATE stop_key SET last_used_at = greatest(last_used_at, $2) WHERE id = $1', [keyId, ctx.now()]);
}

export type UsedNonce = { keyId: string; nonce: string; expiresAt: string };

/** The numbers whose time is not over, for control to know while the database is away. */
export async function usedStopNonces(tx: Sql): Promise<UsedNonce[]> {
  const rows = await tx.rows<{ keyId: string; nonce: string; expiresAt: Date }>('SELECT key_id AS "keyId", nonce, expires_at AS "expiresAt" FROM stop_key_nonce WHERE expires_at > clock_timestamp() ORDER BY expires_at DESC LIMIT 10000');
  return rows.map((row) => ({ ...row, expiresAt: row.expiresAt.toISOString() }));
}

/** False when it was there already, or when the key is not: in a database that was set back, a number of a key made since protects nothing. */
export async function keepStopNonce(tx: Sql, { keyId, nonce, expiresAt }: UsedNonce): Promise<boolean> {
  return (await tx.rows('INSERT INTO stop_key_nonce (key_id, nonce, expires_at) SELECT k.id, $2::text, $3::timestamptz FROM stop_key k WHERE k.id = $1 ON CONFLICT DO NOTHING RETURNING nonce', [keyId, nonce, expiresAt])).length === 1;
}

/** From then on the time in the claim is refused by itself, also by a server whose clock is as far off again. */
export const nonceExpiry = (ts: string): string => new Date(Date.parse(ts) + 2 * STOP_KEY_CLOCK_MS).toISOString();
export const usedNonce = () => new DomainError('conflict', 'This signed stop was used already. Sign a new one; what it stopped stays stopped.', { data: { why: 'used' } });
