import { z } from 'zod';
import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sql, sqlTransaction } from '@/lib/db';
import { env } from '@/lib/env';
import { notFound } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { generateSecret } from '@/lib/signing';

const createSchema = z.strictObject({
  /** By its id or its name. */
  agent: z.string().min(1).max(200),
  name: z.string().min(1).max(100),
  environment: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be an environment name: lower-case letters, digits and dashes').optional(),
});

export type SupervisorKeyView = { id: string; name: string; agentId: string; agentName: string; environment: string; createdAt: string; revokedAt: string | null };

/** Makes a key by which supervisors of one agent hear its stops, and nothing else. The secret is shown this once. */
export async function createSupervisorKey(ctx: Context, input: unknown): Promise<SupervisorKeyView & { key: string }> {
  authorise(ctx, 'agent.manage');
  const { agent: wanted, name, environment = env().environment } = parseInput(createSchema, input);
  const { secret, hash } = generateSecret('sup');
  const id = newId();
  const createdAt = ctx.now();
  const agent = await sqlTransaction(async (tx) => {
    const [found] = await tx.rows<{ id: string; name: string }>('SELECT id, name FROM agent WHERE id::text = $1 OR name = $1 ORDER BY (id::text = $1) DESC LIMIT 1 FOR SHARE', [wanted]);
    if (!found) throw notFound(`There is no agent ${wanted}. "countersign agent list" shows them.`);
    await tx.rows('INSERT INTO supervisor_key (id, agent_id, name, hash, environment, created_at) VALUES ($1, $2, $3, $4, $5, $6)', [id, found.id, name, hash, environment, createdAt]);
    await record(tx, ctx, [organisationEvent('agent.supervisor_key_created', { keyId: id, name, agentId: found.id, environment }, { agentId: found.id })]);
    await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_switch', '{}']);
    return found;
  });
  return { id, name, agentId: agent.id, agentName: agent.name, environment, createdAt: createdAt.toISOString(), revokedAt: null, key: secret };
}

/** Ends a key, by its id. Control closes what is connected by it; those supervisors then do what they do when control is lost. */
export async function revokeSupervisorKey(ctx: Context, input: unknown): Promise<SupervisorKeyView> {
  authorise(ctx, 'agent.manage');
  const { key } = parseInput(z.strictObject({ key: z.string().min(1).max(100) }), input);
  return sqlTransaction(async (tx) => {
    const [row] = await tx.rows<Row>(`UPDATE supervisor_key k SET revoked_at = clock_timestamp() FROM agent a WHERE a.id = k.agent_id AND k.revoked_at IS NULL AND k.id::text = $1 RETURNING ${COLUMNS}`, [key]);
    if (!row) throw notFound('There is no such supervisor key, or it is revoked already.');
    await record(tx, ctx, [organisationEvent('agent.supervisor_key_revoked', { keyId: row.id, name: row.name, agentId: row.agentId }, { agentId: row.agentId })]);
    await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_switch', '{}']);
    return view(row);
  });
}

export async function listSupervisorKeys(ctx: Context): Promise<SupervisorKeyView[]> {
  authorise(ctx, 'agent.manage');
  return (await sql.rows<Row>(`SELECT ${COLUMNS} FROM supervisor_key k JOIN agent a ON a.id = k.agent_id ORDER BY k.created_at`)).map(view);
}

type Row = Omit<SupervisorKeyView, 'createdAt' | 'revokedAt'> & { createdAt: Date; revokedAt: Date | null };
const COLUMNS = `k.id, k.name, k.agent_id AS "agentId", a.name AS "agentName", k.environment, k.created_at AS "createdAt", k.revoked_at AS "revokedAt"`;
const view = (row: Row): SupervisorKeyView => ({ ...row, createdAt: row.createdAt.toISOString(), revokedAt: row.revokedAt?.toISOString() ?? null });
