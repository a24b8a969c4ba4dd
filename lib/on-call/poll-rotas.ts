import { closeOwnAlert, raiseOwnAlert } from '@/lib/alerts';
import { recordedActor, type Context } from '@/lib/context';
import { sql, sqlTransaction } from '@/lib/db';
import { env } from '@/lib/env';
import { organisationEvent, record, type NewEvent } from '@/lib/log';
import { callOut, OutboundRefusal } from '@/lib/outbound';
import { rulesFor } from '@/lib/outbound/rules';
import { channelWrapper, rotaSecretPlace } from '@/lib/signing';
import { beginShift, endShifts, lockRota, whoIsOn } from './internal';
import { changeOf, MOST_ON_CALL, readPagerDuty, readWebhook, type Answered } from './rules';
import type { PagerDutyRegion } from './schema';

type Due = { id: string; name: string; source: 'webhook' | 'pagerduty'; url: string; scheduleIds: string[]; sealed: Buffer | null; keyId: string | null };
export type PollDeps = { /** How long what was asked holds before it is asked again (milliseconds). */ everyMs?: number; pagerDuty?: (region: PagerDutyRegion) => string };

const MINUTE = 60_000;
const PAGES = 5;
const RULE = 'on-call';
const pagerDutyHost = (region: PagerDutyRegion): string => (region === 'eu' ? 'https://api.eu.pagerduty.com' : 'https://api.pagerduty.com');

/**
 * Asks each system that says who is on call, once a minute whichever worker comes first, and writes down who comes and goes. What it last
 * said holds while it fails; from the second failure in a row an alert calls a person, and is closed when it answers again. Returns how many were asked.
 */
export async function pollRotas(ctx: Context, { everyMs = MINUTE, pagerDuty = pagerDutyHost }: PollDeps = {}): Promise<number> {
  const due = await sql.rows<Due>(
    `UPDATE on_call_rota r SET polled_at = clock_timestamp() FROM (
       SELECT id FROM on_call_rota WHERE source <> 'hand_over' AND archived_at IS NULL AND (polled_at IS NULL OR polled_at <= clock_timestamp() - make_interval(secs => $1)) ORDER BY polled_at NULLS FIRST LIMIT 20 FOR UPDATE SKIP LOCKED
     ) d WHERE r.id = d.id RETURNING r.id, r.name, r.source, r.url, r.schedule_ids AS "scheduleIds", r.sealed, r.key_id AS "keyId"`, [everyMs / 1_000],
  );
  await Promise.all(due.map(async (rota) => {
    const answer = await ask(rota, ctx.now(), pagerDuty).catch((error: unknown): Answered => ({ ok: false, because: error instanceof OutboundRefusal ? error.message : 'it could not be asked' }));
    await (answer.ok ? keep(ctx, rota, answer.emails) : noteFailure(ctx, rota, answer.because));
  }));
  return due.length;
}

async function ask(rota: Due, now: Date, pagerDuty: (region: PagerDutyRegion) => string): Promise<Answered> {
  const secret = rota.sealed && rota.keyId ? await channelWrapper().unwrap({ keyId: rota.keyId, bytes: Buffer.from(rota.sealed) }, rotaSecretPlace(rota.id)) : undefined;
  if (!secret?.ok) return { ok: false, because: 'its secret cannot be opened: the key that it was sealed with is not here' };
  const word = secret.bytes.toString('utf8');
  if (rota.source === 'webhook') return get(rota.url, { authorization: `Bearer ${word}`, accept: 'application/json' }, readWebhook);
  const emails: string[] = [];
  for (let page = 0; page < PAGES; page++) {
    const url = new URL('/oncalls', pagerDuty(rota.url === 'eu' ? 'eu' : 'us'));
    for (const id of rota.scheduleIds) url.searchParams.append('schedule_ids[]', id);
    url.searchParams.append('include[]', 'users');
    url.searchParams.set('limit', '100');
    url.searchParams.set('offset', String(page * 100));
    const answer = await get(url.href, { authorization: `Token token=${word}`, accept: 'application/vnd.pagerduty+json;version=2' }, (text) => readPagerDuty(text, rota.scheduleIds, now));
    if (!answer.ok) return answer;
    emails.push(...answer.emails);
    if (!answer.more) return emails.length > MOST_ON_CALL ? { ok: false, because: `it names more than ${MOST_ON_CALL} people` } : { ok: true, emails: [...new Set(emails)], more: false };
  }
  return { ok: false, because: `its list has more than ${PAGES * 100} entries` };
}

async function get(url: string, headers: Record<string, string>, read: (text: string) => Answered): Promise<Answered> {
  const policy = { allowLoopback: env().outboundAllowLoopback, allowHosts: env().outboundAllowHosts };
  const { status, text } = await callOut({ url, method: 'GET', headers, timeoutMs: 10_000, maxAnswerBytes: 256 * 1024, rules: rulesFor(new URL(url).hostname, policy) });
  if (status !== 200) return { ok: false, because: `it answered ${status}${status === 401 || status === 403 ? ': the token is not taken' : ''}` };
  return read(text);
}

async function keep(ctx: Context, rota: Due, emails: readonly string[]): Promise<void> {
  await sqlTransaction(async (tx) => {
    const locked = await lockRota(tx, rota.id);
    const people = await tx.rows<{ id: string; email: string }>(`SELECT id, lower(email) AS email FROM person WHERE lower(email) = ANY($1) AND state = 'active'`, [[...emails]]);
    const { on, off } = changeOf(await whoIsOn(tx, rota.id), people.map(({ id }) => id));
    await endShifts(tx, locked, off);
    for (const personId of on) await beginShift(tx, locked, personId, { until: null, by: recordedActor(ctx.actor), reason: null });
    const unknown = emails.filter((email) => !people.some((person) => person.email === email)).slice(0, MOST_ON_CALL);
    await tx.rows('UPDATE on_call_rota SET good_at = clock_timestamp(), failing_since = NULL, failure = NULL, unknown = $2 WHERE id = $1', [rota.id, unknown]);
    const events: NewEvent[] = on.length + off.length > 0 ? [organisationEvent('on_call.changed', { rotaId: rota.id, name: rota.name, on, off })] : [];
    await record(tx, ctx, events);
    await closeOwnAlert(tx, ctx, { rule: RULE, about: rota.name, note: `The rota ${rota.name} is answered for again.` });
  }).catch(unlessGone);
}

async function noteFailure(ctx: Context, rota: Due, because: string): Promise<void> {
  await sqlTransaction(async (tx) => {
    await lockRota(tx, rota.id);
    const [before] = await tx.rows<{ failing: boolean }>('SELECT failing_since IS NOT NULL AS failing FROM on_call_rota WHERE id = $1', [rota.id]);
    await tx.rows('UPDATE on_call_rota SET failing_since = coalesce(failing_since, clock_timestamp()), failure = $2 WHERE id = $1', [rota.id, because.slice(0, 300)]);
    if (before?.failing) await raiseOwnAlert(tx, ctx, { rule: RULE, severity: 'high', detector: 'on-call', kind: 'integration_failing', about: rota.name });
  }).catch(unlessGone);
}

/** Archived while it was asked: then nobody wants to know any more. */
function unlessGone(error: unknown): void {
  if ((error as { code?: unknown }).code !== 'not_found') throw error;
}
