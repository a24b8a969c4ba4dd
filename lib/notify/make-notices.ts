import { z } from 'zod';
import type { Sql } from '@/lib/db';
import { env } from '@/lib/env';
import { type riskLevels } from '@/lib/policies/schema';
import { newId } from '@/lib/protocol/ids';
import { joinWindow } from './join-window';
import { plainText } from './plain-text';
import { loudFrom } from './quiet-hours';
import { channelSettingsSchema, type ChannelKind, type ChannelSettings, type NoticeBody } from './schema';
import type { Moment } from './moments';

export type LiveChannel = { id: string; name: string; kind: ChannelKind; settings: ChannelSettings; defaultPage: boolean };
export type ClassesOf = (tool: string) => readonly string[];

/** What may be said of an approval whatever its route was kept as; an older one names no channel. */
const routeSchema = z.object({
  routes: z.array(z.string()).catch([]), notify: z.array(z.string()).catch([]), escalation: z.array(z.object({ notify: z.array(z.string()).catch([]) })).catch([]),
});
type Asked = { id: string; tool: string; title: string; risk: (typeof riskLevels)[number]; route: z.infer<typeof routeSchema>; decideBy: Date; agent: string };
type Raised = { id: string; rule: string; severity: string; act: string; detector: string; kind: string; agent: string | null; about: string | null; muted: boolean };

/**
 * Makes what is to be told of these moments, each once however often it is looked at: a moment of a subject has one row a channel. In the
 * log's order; the caller commits it with how far it has read.
 */
export async function makeNotices(tx: Sql, moments: readonly Moment[], classesOf: ClassesOf): Promise<number> {
  if (moments.length === 0) return 0;
  const channels = await liveChannels(tx);
  const made = new Maker(tx, channels, classesOf, await clock(tx));
  await made.read(moments);
  for (const run of runsOf(moments)) await made.tell(run);
  await made.flush();
  if (made.count > 0) await tx.rows(`SELECT pg_notify('cs_notify', '{}')::text`);
  return made.count;
}

export async function liveChannels(tx: Sql): Promise<LiveChannel[]> {
  const rows = await tx.rows<Omit<LiveChannel, 'settings'> & { settings: unknown }>('SELECT id, name, kind, settings, default_page AS "defaultPage" FROM channel WHERE removed_at IS NULL ORDER BY name');
  // One that another version wrote still pages, by the usual settings; what it needs and lacks is said where it is delivered.
  return rows.map((row) => ({ ...row, settings: channelSettingsSchema.safeParse(row.settings).data ?? { groupSeconds: 60 } }));
}

const clock = async (tx: Sql): Promise<Date> => (await tx.rows<{ now: Date }>('SELECT clock_timestamp() AS now'))[0]!.now;

type End = Extract<Moment, { kind: 'settled' | 'closed' }>;
type Run = { kind: 'one'; moment: Exclude<Moment, End> } | { kind: 'ends'; ends: End[] };

/** In order; ends that follow each other in one, since a stop may cancel thousands at once. */
function runsOf(moments: readonly Moment[]): Run[] {
  const runs: Run[] = [];
  for (const moment of moments) {
    const last = runs.at(-1);
    if (moment.kind !== 'settled' && moment.kind !== 'closed') runs.push({ kind: 'one', moment });
    else if (last?.kind === 'ends') last.ends.push(moment);
    else runs.push({ kind: 'ends', ends: [moment] });
  }
  return runs;
}

const subjectOf = (end: End): string => (end.kind === 'settled' ? `approval:${end.approvalId}` : `alert:${end.alertId}`);

class Maker {
  count = 0;
  #approvals = new Map<string, Asked>();
  #alerts = new Map<string, Raised>();
  /** What is made already, by channel, subject and moment; windows as they were joined in this round; and what is to be kept. */
  #made = new Map<string, { critical: boolean }>();
  #windows = new Map<string, string>();
  #rows: NoticeRow[] = [];

  constructor(private readonly tx: Sql, private readonly channels: readonly LiveChannel[], private readonly classesOf: ClassesOf, private readonly now: Date) {}

  async read(moments: readonly Moment[]): Promise<void> {
    const approvalIds = [...new Set(moments.flatMap((one) => ('approvalId' in one && one.kind !== 'settled' ? [one.approvalId] : [])))];
    const alertIds = [...new Set(moments.flatMap((one) => (one.kind === 'raised' ? [one.alertId] : [])))];
    if (approvalIds.length > 0 && this.channels.length > 0) {
      const rows = await this.tx.rows<Omit<Asked, 'route'> & { route: unknown }>('SELECT p.id, p.tool, p.title, p.risk, p.route, p.decide_by AS "decideBy", a.name AS agent FROM approval p JOIN agent a ON a.id = p.agent_id WHERE p.id = ANY($1::uuid[])', [approvalIds]);
      for (const row of rows) this.#approvals.set(row.id, { ...row, route: routeSchema.safeParse(row.route).data ?? { routes: [], notify: [], escalation: [] } });
    }
    if (approvalIds.length > 0 && this.channels.length > 0) {
      const rows = await this.tx.rows<{ channelId: string; subject: string; moment: string; critical: boolean }>(`SELECT channel_id AS "channelId", subject, moment, critical FROM notice WHERE subject = ANY($1::text[])`, [approvalIds.map((id) => `approval:${id}`)]);
      for (const row of rows) this.#made.set(keyOf(row.channelId, row.subject, row.moment), row);
    }
    if (alertIds.length > 0 && this.channels.length > 0) {
      const rows = await this.tx.rows<Raised>(
        `SELECT l.id, l.rule, l.severity, l.act, l.detector, l.kind, l.about, a.name AS agent, EXISTS (SELECT 1 FROM alert_mute m WHERE m.agent_id = l.agent_id AND m.rule = l.rule AND m.ended_at IS NULL AND m.until > clock_timestamp()) AS muted
         FROM alert l LEFT JOIN agent a ON a.id = l.agent_id WHERE l.id = ANY($1::uuid[])`, [alertIds]);
      for (const row of rows) this.#alerts.set(row.id, row);
    }
  }

  /** Either one moment that something is told of, or all ends that follow each other, which are looked up together. */
  async tell(run: Run): Promise<void> {
    if (run.kind === 'ends') return this.resolve(run.ends);
    return run.moment.kind === 'raised' ? this.raise(run.moment) : this.ask(run.moment);
  }

  private async ask(moment: Extract<Moment, { kind: 'asked' | 'escalated' | 'unmet' }>): Promise<void> {
    const approval = this.#approvals.get(moment.approvalId);
    if (!approval) return;
    const { route } = approval;
    const names = moment.kind === 'asked' ? route.notify : moment.kind === 'escalated' ? (moment.notify ?? route.escalation[moment.tier - 1]?.notify ?? []) : null;
    for (const channel of this.named(names)) {
      const asked = {
        approvalId: approval.id, risk: approval.risk, agent: plainText(approval.agent, 120), tool: plainText(approval.tool, 128), classes: [...this.classesOf(approval.tool)], routes: route.routes.map((name) => plainText(name, 128)),
        title: plainText(approval.title, 500), decideBy: approval.decideBy.toISOString(),
      };
      const id = newId();
      const base = this.base(channel, id, moment.at, `/approvals/${approval.id}`);
      const body: NoticeBody = moment.kind === 'asked' ? { ...base, type: 'approval.asked', ...asked } : moment.kind === 'escalated' ? { ...base, type: 'approval.escalated', ...asked, tier: moment.tier } : { ...base, type: 'approval.unmet', ...asked, because: plainText(moment.because) };
      const critical = approval.risk === 'critical';
      const subject = `approval:${approval.id}`;
      let name = moment.kind === 'escalated' ? `escalated:${moment.tier}` : moment.kind;
      if (name === 'asked' && critical && this.#made.get(keyOf(channel.id, subject, name))?.critical === false) {
        // Graver than it was told, by arguments that were changed since: that is told at once, and what was still held of it is not told any more.
        name = 'critical';
        await this.tx.rows(`UPDATE notice SET state = 'overtaken', done_at = clock_timestamp(), lease_until = NULL WHERE channel_id = $1 AND subject = $2 AND moment = 'asked' AND state IN ('waiting', 'grouped') AND attempts = 0`, [channel.id, subject]);
      }
      if (this.#made.has(keyOf(channel.id, subject, name))) continue;
      const groupId = await this.join(channel, `${critical ? '! ' : ''}${moment.kind === 'asked' ? '' : `${name} `}${route.routes.join(' + ')}`);
      this.keep(channel, { id, subject, moment: name, act: 'trigger', critical, body, groupId });
    }
  }

  /** Those that pages go to: where a rule says "page", and whatever is critical. Muted, it pages nobody. */
  private raise({ alertId, at }: Extract<Moment, { kind: 'raised' }>): void {
    const alert = this.#alerts.get(alertId);
    if (!alert || alert.muted || (alert.act !== 'page' && alert.severity !== 'critical' && alert.detector !== 'notify')) return;
    for (const channel of this.named(null)) {
      // What the default channel cannot deliver it cannot say by itself.
      if (alert.detector === 'notify' && alert.about === channel.name) continue;
      const id = newId();
      this.keep(channel, {
        id, subject: `alert:${alertId}`, moment: 'raised', act: 'trigger', critical: alert.severity === 'critical', groupId: null,
        body: { ...this.base(channel, id, at, `/alerts/${alertId}`), type: 'alert.raised', alertId, severity: alert.severity, rule: plainText(alert.rule, 128), detector: plainText(alert.detector, 128), kind: plainText(alert.kind, 128), agent: alert.agent === null ? null : plainText(alert.agent, 120) },
      });
    }
  }

  /** Where it was told, it is resolved; where it was still to be told with others, it is left out, and where it was the last of these they are settled. */
  private async resolve(ends: readonly End[]): Promise<void> {
    await this.flush();
    const told = await this.tx.rows<{ id: string; channelId: string; subject: string; state: string; groupId: string | null; critical: boolean }>(
      `SELECT id, channel_id AS "channelId", subject, state, group_id AS "groupId", critical FROM notice WHERE subject = ANY($1::text[]) AND act = 'trigger' ORDER BY id FOR UPDATE`, [[...new Set(ends.map(subjectOf))]]);
    const grouped = told.filter((one) => one.state === 'grouped');
    if (grouped.length > 0) await this.tx.rows(`UPDATE notice SET state = 'overtaken', done_at = clock_timestamp() WHERE id = ANY($1::uuid[]) AND state = 'grouped'`, [grouped.map(({ id }) => id)]);
    const apart = groupedBy(told.filter((one) => one.groupId === null), (one) => one.subject);
    for (const end of ends) {
      for (const [channelId, rows] of groupedBy(apart.get(subjectOf(end)) ?? [], (one) => one.channelId)) {
        const channel = this.channels.find((one) => one.id === channelId);
        if (!channel || this.#made.has(keyOf(channelId, subjectOf(end), 'resolved'))) continue;
        const id = newId();
        this.keep(channel, { id, subject: subjectOf(end), moment: 'resolved', act: 'resolve', critical: rows.some((one) => one.critical), body: this.endOf(channel, id, end), groupId: null });
      }
    }
    const groupIds = [...new Set(grouped.flatMap((one) => one.groupId ?? []))];
    // Whoever is just telling of them has their window, and has counted them: after that it is known whether they were told of.
    if (groupIds.length > 0) await this.tx.rows('SELECT 1 FROM notice_window WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE', [groupIds]);
    for (const groupId of groupIds) await this.settleGroup(groupId, ends.at(-1)!.at);
  }

  private endOf(channel: LiveChannel, id: string, end: End): NoticeBody {
    if (end.kind === 'closed') return { ...this.base(channel, id, end.at, `/alerts/${end.alertId}`), type: 'alert.resolved', alertId: end.alertId, as: end.as };
    return { ...this.base(channel, id, end.at, `/approvals/${end.approvalId}`), type: 'approval.resolved', approvalId: end.approvalId, outcome: end.outcome, by: end.by === null ? null : plainText(end.by, 120) };
  }

  /** A group that was told of is over once none of those in it waits. */
  private async settleGroup(groupId: string, at: string): Promise<void> {
    const [group] = await this.tx.rows<{ channelId: string; critical: boolean }>(
      `SELECT n.channel_id AS "channelId", n.critical FROM notice n WHERE n.subject = $1 AND n.act = 'trigger' AND NOT EXISTS (SELECT 1 FROM notice m WHERE m.group_id = $2 AND m.state = 'grouped')`, [`group:${groupId}`, groupId]);
    const channel = this.channels.find((one) => one.id === group?.channelId);
    if (!group || !channel) return;
    const id = newId();
    this.keep(channel, { id, subject: `group:${groupId}`, moment: 'resolved', act: 'resolve', critical: group.critical, body: { ...this.base(channel, id, at, '/approvals'), type: 'approvals.settled', groupId }, groupId: null });
  }

  /** Channels by their names. A name that no channel has, and null, stand for the default page: better told there than nobody. */
  private named(names: readonly string[] | null): LiveChannel[] {
    const found = (names ?? []).map((name) => this.channels.find((one) => one.name === name));
    const fallback = names === null || found.includes(undefined) ? this.channels.filter((one) => one.defaultPage) : [];
    return [...new Set([...found.flatMap((one) => one ?? []), ...fallback])];
  }

  private base = (channel: LiveChannel, id: string, at: string, path: string) => baseOf(channel, id, at, path);

  /** The window that an ask joins. What opened one in this round is told by itself; all that follow join it. */
  private async join(channel: LiveChannel, key: string): Promise<string | null> {
    const held = keyOf(channel.id, key);
    const known = this.#windows.get(held);
    if (known !== undefined) return known;
    const joined = await joinWindow(this.tx, channel, key);
    if (joined) this.#windows.set(held, joined.id);
    return joined && !joined.fresh ? joined.id : null;
  }

  private keep(channel: LiveChannel, row: NewNotice): void {
    this.#made.set(keyOf(channel.id, row.subject, row.moment), row);
    this.#rows.push(rowOf(channel, row, this.now));
  }

  async flush(): Promise<void> { this.count += await insertNotices(this.tx, this.#rows.splice(0)); }
}

function groupedBy<T>(all: readonly T[], key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
}

const keyOf = (...parts: string[]) => parts.join('\n');

export type NewNotice = { id: string; subject: string; moment: string; act: 'trigger' | 'resolve'; critical: boolean; body: NoticeBody; groupId: string | null };

export const baseOf = (channel: { name: string }, id: string, at: string, path: string) => ({ version: 1 as const, id, at, environment: env().environment, channel: channel.name, url: `${env().publicUrl}${path}` });

type NoticeRow = { id: string; channel_id: string; subject: string; moment: string; act: string; critical: boolean; body: NoticeBody; state: string; group_id: string | null; due_at: Date };

/** To be delivered when the channel is not quiet; what is critical comes at once. */
function rowOf(channel: Pick<LiveChannel, 'id' | 'settings' | 'kind'>, { id, subject, moment, act, critical, body, groupId }: NewNotice, now: Date): NoticeRow {
  // A pager is told at once that nothing is left to do: that wakes nobody.
  const silent = channel.kind === 'webhook' || channel.kind === 'pagerduty';
  const due = critical || moment === 'test' || (act === 'resolve' && silent) ? now : loudFrom(channel.settings.quiet, now);
  return { id, channel_id: channel.id, subject, moment, act, critical, body, state: groupId === null ? 'waiting' : 'grouped', group_id: groupId, due_at: due };
}

/** Keeps one. Returns how many were made: none where it was there already. */
export const insertNotice = (tx: Sql, channel: Pick<LiveChannel, 'id' | 'settings' | 'kind'>, row: NewNotice, now: Date): Promise<number> => insertNotices(tx, [rowOf(channel, row, now)]);

async function insertNotices(tx: Sql, rows: readonly NoticeRow[]): Promise<number> {
  if (rows.length === 0) return 0;
  const made = await tx.rows(
    `INSERT INTO notice (id, channel_id, subject, moment, act, critical, body, state, group_id, created_at, due_at)
     SELECT n.id, n.channel_id, n.subject, n.moment, n.act, n.critical, n.body, n.state, n.group_id, clock_timestamp(), n.due_at
     FROM json_to_recordset($1::json) AS n(id uuid, channel_id uuid, subject text, moment text, act text, critical boolean, body jsonb, state text, group_id uuid, due_at timestamptz, place int) ORDER BY n.place
     ON CONFLICT (channel_id, subject, moment) DO NOTHING RETURNING id`, [JSON.stringify(rows.map((row, place) => ({ ...row, place })))]);
  return made.length;
}
