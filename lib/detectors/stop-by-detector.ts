import { authorise, settingOf } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sqlTransaction, type Sql } from '@/lib/db';
import { conflict, forbidden, notFound } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { engageWithin, standingStopOf } from '@/lib/switches';
import type { SwitchKind } from '@/lib/switches/schema';
import { detectorStopSchema, type DetectorOutcome, type DetectorStop } from './schema';

/**
 * The one way in which a machine that watches stops something: one session, and only so many in a minute. Beyond that nothing more is
 * stopped by it; one alert names what it would have stopped, and a person decides. For our own processes and service accounts; people press STOP.
 */
export const stopByDetector = (ctx: Context, input: unknown): Promise<DetectorOutcome> => sqlTransaction((tx) => stopWithin(tx, ctx, input));

/**
 * The same in a transaction of the caller's that records why. A pause takes of the same measure and is left to a person in the same way; a
 * session that is paused already stands, and so does one that is stopped. Throws before it has written anything.
 */
export async function stopWithin(tx: Sql, ctx: Context, input: unknown, kind: SwitchKind = 'stop'): Promise<DetectorOutcome> {
  authorise(ctx, 'switch.engage.session');
  const parsed = parseInput(detectorStopSchema, input);
  const key = measuredAs(ctx, parsed.detector);
  // Stops of one detector take turns, so that however many come at once no more pass than may.
  await tx.rows(`SELECT pg_advisory_xact_lock(hashtextextended('countersign/detector/' || $1, 0))::text`, [key]);
  const [session] = await tx.rows<{ state: string }>('SELECT state FROM session WHERE id = $1', [parsed.sessionId]);
  if (!session) throw notFound('There is no such session.');
  const standing = (await standingStopOf(tx, parsed.sessionId)) ?? (kind === 'pause' ? await standingStopOf(tx, parsed.sessionId, 'pause') : undefined);
  if (standing) return { outcome: 'standing', orderId: standing };
  if (session.state === 'stopped' || session.state === 'closed') throw conflict(`This session is ${session.state} already.`, { state: session.state });
  if (await stoppedThisMinute(tx, key) >= (await measure(tx))) return withhold(tx, ctx, key, parsed);
  const order = await engageWithin(tx, ctx, { scope: 'session', target: parsed.sessionId, reason: `${kind === 'pause' ? 'Paused' : 'Stopped'} by the detector ${parsed.detector}: ${parsed.reason}` }, kind);
  await note(tx, key, parsed, { orderId: order.id });
  await record(tx, ctx, [organisationEvent('detector.stopped', { detector: parsed.detector, sessionId: parsed.sessionId, orderId: order.id, reason: parsed.reason, ...(kind === 'pause' ? { kind } : {}) })]);
  return { outcome: 'stopped', orderId: order.id };
}

/** Whose measure it is. A program from outside has one, whatever names it gives to its detectors. */
function measuredAs({ actor }: Context, detector: string): string {
  if (actor.kind === 'service_account') return `service_account ${actor.id}`;
  if (actor.kind === 'system') return `${actor.process} ${detector}`;
  throw forbidden('This is for detectors: a process of Countersign, or a service account. People stop with POST /switches or the STOP button, which has no measure.');
}

async function measure(tx: Sql): Promise<number> {
  const [row] = await tx.rows<{ value: unknown }>(`SELECT value FROM setting WHERE key = 'detector_stops_a_minute'`);
  return settingOf('detector_stops_a_minute', row?.value);
}

async function stoppedThisMinute(tx: Sql, key: string): Promise<number> {
  const [row] = await tx.rows<{ n: number }>(`SELECT count(*)::int AS n FROM detector_stop WHERE detector = $1 AND order_id IS NOT NULL AND at > clock_timestamp() - interval '1 minute'`, [key]);
  return row!.n;
}

async function withhold(tx: Sql, ctx: Context, key: string, { detector, ...more }: DetectorStop): Promise<DetectorOutcome> {
  const [open] = await tx.rows<{ id: string }>('SELECT id FROM detector_alert WHERE detector = $1 AND acknowledged_at IS NULL FOR UPDATE', [key]);
  const alertId = open?.id ?? newId();
  if (!open) {
    await tx.rows('INSERT INTO detector_alert (id, detector, name, raised_at) VALUES ($1, $2, $3, clock_timestamp())', [alertId, key, detector]);
    await record(tx, ctx, [organisationEvent('detector.alert_raised', { alertId, detector, sessionId: more.sessionId, reason: more.reason })]);
    await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_switch', JSON.stringify({ alertId })]);
  }
  await note(tx, key, { detector, ...more }, { alertId });
  return { outcome: 'withheld', alertId };
}

const note = (tx: Sql, key: string, { sessionId, reason }: DetectorStop, became: { orderId?: string; alertId?: string }) => tx.rows(
  'INSERT INTO detector_stop (id, detector, session_id, reason, at, order_id, alert_id) VALUES ($1, $2, $3, $4, clock_timestamp(), $5, $6) ON CONFLICT DO NOTHING', [newId(), key, sessionId, reason, became.orderId ?? null, became.alertId ?? null],
);
