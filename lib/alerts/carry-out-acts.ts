import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sqlTransaction, type Sql } from '@/lib/db';
import { stopWithin } from '@/lib/detectors';
import { DomainError } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { constrainWithin } from '@/lib/sessions';
import type { Act } from './rules';
import type { ActOutcome } from './schema';

export type CarriedOut = { act: Act['act']; outcome: ActOutcome };

/**
 * Does what rules want done at once, the oldest first, each in the transaction that says so: exactly once, and what a worker had
 * in hand when it ended another takes up. One that fails doesn't keep the others; the first failure is thrown at the end.
 */
export async function carryOutActs(ctx: Context): Promise<CarriedOut[]> {
  authorise(ctx, 'switch.engage.session');
  const done: CarriedOut[] = [];
  const failed: string[] = [];
  let trouble: unknown;
  for (;;) {
    let inHand: string | undefined;
    try {
      const one = await sqlTransaction(async (tx) => {
        const row = await nextDue(tx, failed);
        if (!row) return undefined;
        inHand = row.id;
        return carryOut(tx, ctx, row);
      });
      if (!one) break;
      done.push(one);
    } catch (error) {
      if (inHand === undefined) throw error;
      failed.push(inHand);
      trouble ??= error;
    }
  }
  if (trouble !== undefined) throw trouble;
  return done;
}

async function nextDue(tx: Sql, but: readonly string[]): Promise<(Act & { id: string }) | undefined> {
  const [row] = await tx.rows<Omit<Act, 'seq'> & { id: string; seq: bigint }>(
    `SELECT id, session_id AS "sessionId", seq, rule, act, detector, kind, severity, incident FROM alert_act WHERE done_at IS NULL AND id <> ALL($1::uuid[]) ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`, [but]);
  return row && { ...row, seq: Number(row.seq) };
}

async function carryOut(tx: Sql, ctx: Context, { id, ...act }: Act & { id: string }): Promise<CarriedOut> {
  const { outcome, orderId } = await perform(tx, ctx, act);
  await tx.rows('UPDATE alert_act SET done_at = clock_timestamp(), outcome = $2, order_id = $3 WHERE id = $1', [id, outcome, orderId]);
  const { rule, detector, kind, severity, sessionId, seq } = act;
  await record(tx, ctx, [
    organisationEvent('alert.acted', { rule, act: act.act, detector, kind, sessionId, seq, outcome, orderId }),
    // A stop that hit something suggests an incident by itself, once its session's state is written.
    ...(act.incident && act.act === 'stop' && (outcome === 'withheld' || outcome === 'over') ? [organisationEvent('incident.suggested', { rule, detector, kind, severity, sessionId, seq })] : []),
  ]);
  return { act: act.act, outcome };
}

async function perform(tx: Sql, ctx: Context, act: Act): Promise<{ outcome: ActOutcome; orderId: string | null }> {
  const { sessionId, rule, detector, kind, seq } = act;
  if (act.act === 'constrain') return { outcome: await constrainWithin(tx, ctx, { sessionId, rule, detector, kind, seq }), orderId: null };
  try {
    const stopped = await stopWithin(tx, ctx, { detector, sessionId, reason: `${kind.replaceAll('_', ' ')}, event ${seq} (alert rule ${rule})` }, act.act);
    if (stopped.outcome === 'withheld') return { outcome: 'withheld', orderId: null };
    return { outcome: stopped.outcome === 'stopped' ? 'done' : 'standing', orderId: stopped.orderId };
  } catch (error) {
    // It has ended meanwhile, which is what was wanted. Thrown before anything was written.
    if (error instanceof DomainError && (error.code === 'conflict' || error.code === 'not_found')) return { outcome: 'over', orderId: null };
    throw error;
  }
}
