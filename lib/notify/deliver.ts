import { isDatabaseAway, sql, sqlTransaction, type Sql } from '@/lib/db';
import type { Context } from '@/lib/context';
import { organisationEvent, record, type NewEvent } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { DomainError } from '@/lib/errors';
import { noteHealth } from './channel-health';
import { openSecrets } from './sealed-secrets';
import { FAILING_AFTER, fateOf, LEASE_MS, type Attempt, type Fate } from './rules';
import { channelSettingsSchema, noticeBodySchema, type ChannelKind } from './schema';
import { send, type SendingRules } from './send';

export type Claimed = { id: string; channelId: string; name: string; kind: ChannelKind; settings: unknown; subject: string; moment: string; act: 'trigger' | 'resolve'; body: unknown; attempts: number; leaseUntil: Date };

/** How many go to one channel at a time; one while it fails, so that a receiver that hangs holds nobody else up. */
const EACH = 4;

/**
 * Takes up to `most` notices that are due and whose turn it is, what is critical and what a person tries out first: of one subject on one channel the earlier moment comes first, so nothing is
 * resolved before it was told. Whoever takes one has a lease; when it lapses another worker takes it over, under the same id.
 */
export async function claimDue(most: number): Promise<Claimed[]> {
  return sqlTransaction((tx) => tx.rows<Claimed>(
    `WITH open AS (
       SELECT n.id, n.channel_id, n.place, n.due_at, n.lease_until, row_number() OVER (PARTITION BY n.channel_id ORDER BY (n.critical OR n.moment = 'test') DESC, n.due_at, n.place) AS turn
       FROM notice n WHERE n.state = 'waiting' AND n.due_at <= clock_timestamp() AND (n.lease_until IS NULL OR n.lease_until <= clock_timestamp())
         AND NOT EXISTS (SELECT 1 FROM notice e WHERE e.channel_id = n.channel_id AND e.subject = n.subject AND e.state = 'waiting' AND e.place < n.place)
     ), due AS (
       SELECT n.id FROM notice n JOIN channel c ON c.id = n.channel_id JOIN open o ON o.id = n.id
       WHERE n.state = 'waiting' AND (n.lease_until IS NULL OR n.lease_until <= clock_timestamp())
         AND o.turn + (SELECT count(*) FROM notice l WHERE l.channel_id = n.channel_id AND l.state = 'waiting' AND l.lease_until > clock_timestamp()) <= CASE WHEN c.failures >= $3 THEN 1 ELSE $4 END
       ORDER BY (n.critical OR n.moment = 'test') DESC, n.due_at, n.place LIMIT $1 FOR UPDATE OF n SKIP LOCKED
     )
     UPDATE notice n SET lease_until = clock_timestamp() + make_interval(secs => $2), attempts = n.attempts + 1
     FROM due JOIN notice x ON x.id = due.id JOIN channel c ON c.id = x.channel_id WHERE n.id = due.id
     RETURNING n.id, n.channel_id AS "channelId", c.name, c.kind, c.settings, n.subject, n.moment, n.act, n.body, n.attempts, n.lease_until AS "leaseUntil"`,
    [most, LEASE_MS / 1_000, FAILING_AFTER, EACH]));
}

/** Sends one that was taken, and keeps what came of it. `onTrouble` hears what failed on our side. */
export async function deliver(ctx: Context, notice: Claimed, rules: SendingRules, chance: () => number = Math.random, onTrouble: (error: unknown) => void = () => {}): Promise<Attempt | 'overtaken'> {
  if (await isOvertaken(sql, notice)) { await overtake(notice); return 'overtaken'; }
  const began = performance.now();
  const at = ctx.now();
  const attempt = await attemptOf(notice, rules, at, onTrouble);
  await settle(ctx, notice, attempt, { at, durationMs: Math.round(performance.now() - began) }, chance());
  return attempt;
}

async function attemptOf(notice: Claimed, rules: SendingRules, now: Date, onTrouble: (error: unknown) => void): Promise<Attempt> {
  const body = noticeBodySchema.safeParse(notice.body);
  const settings = channelSettingsSchema.safeParse(notice.settings);
  if (!body.success || !settings.success) return { ok: false, status: null, final: true, error: 'It was written by another version and cannot be read by this one.' };
  try {
    const secrets = await openSecrets(sql, notice.channelId);
    return await send({ channel: { kind: notice.kind, settings: settings.data, secrets }, notice: { body: body.data, act: notice.act, subject: notice.subject } }, rules, now);
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    if (error instanceof DomainError) return { ok: false, status: null, final: false, error: error.message };
    onTrouble(error);
    return { ok: false, status: null, final: false, error: 'Sending it failed on our side; the worker’s log says more.' };
  }
}

/**
 * What asks a person for something is not sent where it was settled meanwhile: at night nobody is woken for what somebody has decided. A
 * webhook's program is told everything in order. What was tried before may have arrived, so it is resolved there all the same.
 */
async function isOvertaken(db: Sql, { channelId, kind, subject, act, moment }: Claimed): Promise<boolean> {
  if (kind === 'webhook' || moment === 'test') return false;
  const [about, id] = subject.split(':') as [string, string];
  if (act === 'resolve') return (await db.rows(`SELECT 1 FROM notice WHERE channel_id = $1 AND subject = $2 AND act = 'trigger' AND (state <> 'overtaken' OR attempts > 1)`, [channelId, subject])).length === 0;
  if (about === 'approval') return (await db.rows(`SELECT 1 FROM approval WHERE id = $1 AND state IN ('pending', 'partially_approved') AND decide_by > clock_timestamp()`, [id])).length === 0;
  if (about === 'alert') return (await db.rows(`SELECT 1 FROM alert WHERE id = $1 AND state <> 'closed'`, [id])).length === 0;
  return about === 'group' && (await db.rows(`SELECT 1 FROM notice WHERE group_id = $1 AND state = 'grouped'`, [id])).length === 0;
}

const overtake = (notice: Claimed) => sqlTransaction((tx) => tx.rows(
  `WITH done AS (UPDATE notice SET state = 'overtaken', done_at = clock_timestamp(), lease_until = NULL WHERE id = $1 AND lease_until = $2 AND state = 'waiting')
   SELECT pg_notify('cs_notify', '{}')::text`, [notice.id, notice.leaseUntil]));

/** Keeps the attempt, what becomes of the notice, how its channel goes, and the event, in one transaction. Whose lease was taken over meanwhile only adds the attempt. */
async function settle(ctx: Context, notice: Claimed, attempt: Attempt, took: { at: Date; durationMs: number }, chance: number): Promise<void> {
  await sqlTransaction(async (tx) => {
    await tx.rows('INSERT INTO notice_attempt (id, notice_id, at, ok, status, duration_ms, error) VALUES ($1, $2, $3, $4, $5, $6, $7)', [newId(), notice.id, took.at, attempt.ok, attempt.status, took.durationMs, attempt.ok ? null : attempt.error]);
    const [row] = await tx.rows<{ ageMs: number }>(`SELECT extract(epoch FROM clock_timestamp() - created_at)::float8 * 1000 AS "ageMs" FROM notice WHERE id = $1 AND state = 'waiting' AND lease_until = $2 FOR UPDATE`, [notice.id, notice.leaseUntil]);
    if (!row) return;
    const fate = fateOf(attempt, { attempts: notice.attempts, ageMs: row.ageMs, test: notice.moment === 'test' }, chance);
    await tx.rows(
      `UPDATE notice SET state = $2, lease_until = NULL, last_error = $3, due_at = clock_timestamp() + make_interval(secs => $4), done_at = CASE WHEN $2 = 'waiting' THEN NULL ELSE clock_timestamp() END WHERE id = $1`,
      [notice.id, fate.state, attempt.ok ? null : attempt.error, fate.state === 'waiting' ? fate.inMs / 1_000 : 0]);
    await noteHealth(tx, ctx, notice, attempt, fate.state === 'dead');
    await record(tx, ctx, eventsOf(notice, attempt, fate));
    await tx.rows(`SELECT pg_notify('cs_notify', '{}')::text`);
  });
}

function eventsOf({ id, channelId, name, subject, moment, attempts }: Claimed, attempt: Attempt, fate: Fate): NewEvent[] {
  const about = { noticeId: id, channelId, channel: name, subject, moment, attempts };
  if (fate.state === 'delivered') return [organisationEvent('notice.delivered', about)];
  return fate.state === 'dead' && !attempt.ok ? [organisationEvent('notice.dead', { ...about, error: attempt.error })] : [];
}
