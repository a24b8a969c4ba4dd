import { z } from 'zod';
import { authorise, HEARTBEAT_SCOPE } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sql, sqlTransaction } from '@/lib/db';
import { env } from '@/lib/env';
import { notFound } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { generateSecret } from '@/lib/signing';
import { orderScopes, type ControlKeyView } from './schema';

const createSchema = z.strictObject({
  name: z.string().min(1).max(100),
  scopes: z.array(z.enum([...orderScopes, HEARTBEAT_SCOPE])).min(1),
  /** Names, or "*" for every one; this installation's own unless given. */
  environments: z.array(z.string().regex(/^(\*|[a-z0-9][a-z0-9-]{0,62})$/, 'must be an environment name or *')).min(1).optional(),
});

/** Makes a key that can stop within its scopes and environments, and nothing else. The secret is shown this once. */
export async function createControlKey(ctx: Context, input: unknown): Promise<ControlKeyView & { key: string }> {
  authorise(ctx, 'control_key.manage');
  const { name, scopes, environments = [env().environment] } = parseInput(createSchema, input);
  const { secret, hash } = generateSecret('ctl');
  const id = newId();
  const createdAt = ctx.now();
  await sqlTransaction(async (tx) => {
    await tx.rows('INSERT INTO control_key (id, name, hash, scopes, environments, created_at) VALUES ($1, $2, $3, $4, $5, $6)', [id, name, hash, scopes, environments, createdAt]);
    await record(tx, ctx, [organisationEvent('control_key.created', { keyId: id, name, scopes, environments })]);
    await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_switch', '{}']);
  });
  return { id, name, scopes, environments, createdAt: createdAt.toISOString(), revokedAt: null, key: secret };
}

/** Ends a key's power, by its id or its name; control notices within a second. */
export async function revokeControlKey(ctx: Context, input: unknown): Promise<ControlKeyView> {
  authorise(ctx, 'control_key.manage');
  const { key } = parseInput(z.strictObject({ key: z.string().min(1).max(100) }), input);
  return sqlTransaction(async (tx) => {
    const [row] = await tx.rows<Row>(`UPDATE control_key SET revoked_at = clock_timestamp() WHERE revoked_at IS NULL AND (id::text = $1 OR name = $1) RETURNING ${COLUMNS}`, [key]);
    if (!row) throw notFound('There is no such control key, or it is revoked already.');
    await record(tx, ctx, [organisationEvent('control_key.revoked', { keyId: row.id, name: row.name })]);
    await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_switch', '{}']);
    return view(row);
  });
}

export async function listControlKeys(ctx: Context): Promise<ControlKeyView[]> {
  authorise(ctx, 'control_key.manage');
  return (await sql.rows<Row>(`SELECT ${COLUMNS} FROM control_key ORDER BY created_at`)).map(view);
}

type Row = { id: string; name: string; scopes: string[]; environments: string[]; createdAt: Date; revokedAt: Date | null };
const COLUMNS = `id, name, scopes, environments, created_at AS "createdAt", revoked_at AS "revokedAt"`;
const view = (row: Row): ControlKeyView => ({ ...row, createdAt: row.createdAt.toISOString(), revokedAt: row.revokedAt?.toISOString() ?? null });
