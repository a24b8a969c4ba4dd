import type { Context } from '@/lib/context';
import { sql, type Sql } from '@/lib/db';
import { DomainError } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { rowActor } from './internal';
import { rowActorSchema, type HoldView } from './schema';

type Row = Omit<HoldView, 'placedBy' | 'endedBy' | 'placedAt' | 'until' | 'endedAt'> & { placedBy: unknown; endedBy: unknown; placedAt: Date; until: Date; endedAt: Date | null };
const COLUMNS = `id, agent_id AS "agentId", order_id AS "orderId", placed_by AS "placedBy", placed_at AS "placedAt", until, ended_at AS "endedAt", ended_by AS "endedBy"`;
const IN_FORCE = 'ended_at IS NULL AND until > clock_timestamp()';
/** Pressing again within this time places no second hold (seconds). */
const SAME_PRESS_S = 5;

/** The one of an agent's holds that lasts longest, if any is in force by the database's clock. */
export async function holdOver(tx: Sql, agentId: string): Promise<HoldView | undefined> {
  return (await tx.rows<Row>(`SELECT ${COLUMNS} FROM session_hold WHERE agent_id = $1 AND ${IN_FORCE} ORDER BY until DESC LIMIT 1`, [agentId])).map(view)[0];
}

/** The same for a screen. */
export const agentHold = (agentId: string): Promise<HoldView | undefined> => holdOver(sql, agentId);

/** What was held together with an order, whether it still is or not. */
export async function holdOfOrder(orderId: string): Promise<HoldView | undefined> {
  return (await sql.rows<Row>(`SELECT ${COLUMNS} FROM session_hold WHERE order_id = $1 ORDER BY until DESC LIMIT 1`, [orderId])).map(view)[0];
}

/** Throws `held` while a hold over the agent is in force. Asked in the transaction that opens a session. */
export async function requireNotHeld(tx: Sql, agentId: string): Promise<void> {
  const hold = await holdOver(tx, agentId);
  if (!hold) return;
  const until = `${hold.until.slice(0, 19).replace('T', ' ')} UTC`;
  throw new DomainError('held', `New sessions of this agent are held until ${until}, because one of its sessions was stopped. It ends by itself; a responder can end it sooner.`, { retryAfterMs: Math.max(1_000, Date.parse(hold.until) - Date.now()) });
}

/** Holds the new sessions of whoever the order is about, in its transaction. Returns until when; undefined where nobody knows the target. */
export async function placeHold(tx: Sql, ctx: Context, order: { id: string; scope: string; target: string | null; issuedAt?: Date }, minutes: number): Promise<string | undefined> {
  const [agent] = await tx.rows<{ id: string }>(order.scope === 'session' ? 'SELECT agent_id AS id FROM session WHERE id = $1::uuid' : 'SELECT agent_id AS id FROM instance WHERE id = $1', [order.target]);
  if (!agent) return undefined;
  const [standing] = await tx.rows<Row>(`SELECT ${COLUMNS} FROM session_hold WHERE agent_id = $1 AND ${IN_FORCE} AND until >= clock_timestamp() + make_interval(mins => $2) - make_interval(secs => $3) ORDER BY until DESC LIMIT 1`, [agent.id, minutes, SAME_PRESS_S]);
  if (standing) return standing.until.toISOString();
  const [placed] = await tx.rows<{ id: string; until: Date }>(
    `INSERT INTO session_hold (id, agent_id, order_id, placed_by, placed_at, until) SELECT $1, $2, $3, $4, x.at, x.at + make_interval(mins => $5) FROM (SELECT coalesce($6::timestamptz, clock_timestamp()) AS at) x RETURNING id, until`,
    [newId(), agent.id, order.id, JSON.stringify(rowActor(ctx)), minutes, order.issuedAt ?? null],
  );
  const until = placed!.until.toISOString();
  await record(tx, ctx, [organisationEvent('switch.hold_placed', { holdId: placed!.id, agentId: agent.id, orderId: order.id, until })]);
  return until;
}

function view(row: Row): HoldView {
  const [by, ended] = [rowActorSchema.safeParse(row.placedBy), rowActorSchema.safeParse(row.endedBy)];
  return {
    id: row.id, agentId: row.agentId, orderId: row.orderId, placedBy: by.success ? by.data : { kind: 'system', id: 'unknown' }, placedAt: row.placedAt.toISOString(),
    until: row.until.toISOString(), endedAt: row.endedAt?.toISOString() ?? null, endedBy: ended.success ? ended.data : null,
  };
}
