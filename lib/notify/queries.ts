import type { RecordedActor } from '@/lib/context';
import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { channelSettingsSchema, noticeBodySchema, type AttemptView, type ChannelKind, type ChannelView, type NoticeState, type NoticeView, type SecretView, type ToldView } from './schema';
import { sentenceOf } from './sentences';

/** Every channel there is, with how it goes. For whoever may manage them. */
export async function listChannels(ctx: Context): Promise<ChannelView[]> {
  authorise(ctx, 'channel.manage');
  const rows = await sql.rows<Omit<ChannelView, 'settings' | 'createdAt' | 'createdBy' | 'failingSince' | 'lastOkAt' | 'secrets'> & { settings: unknown; createdAt: Date; createdBy: RecordedActor; failingSince: Date | null; lastOkAt: Date | null; secrets: SecretView[] | null }>(
    `SELECT c.id, c.name, c.kind, c.leads_to AS "leadsTo", c.settings, c.default_page AS "defaultPage", c.created_at AS "createdAt", c.created_by AS "createdBy", c.failures, c.failing_since AS "failingSince", c.last_ok_at AS "lastOkAt", c.last_error AS "lastError",
       (SELECT json_agg(json_build_object('what', s.what, 'hint', s.hint, 'createdAt', s.created_at, 'endsAt', s.ends_at) ORDER BY s.created_at DESC) FROM channel_secret s WHERE s.channel_id = c.id AND (s.ends_at IS NULL OR s.ends_at > clock_timestamp())) AS secrets,
       (SELECT count(*)::int FROM notice n WHERE n.channel_id = c.id AND n.state IN ('waiting', 'grouped')) AS waiting, (SELECT count(*)::int FROM notice n WHERE n.channel_id = c.id AND n.state = 'dead') AS dead,
       (SELECT count(*)::int FROM notice n WHERE n.channel_id = c.id AND n.state = 'delivered' AND n.done_at > clock_timestamp() - interval '24 hours') AS "deliveredToday"
     FROM channel c WHERE c.removed_at IS NULL ORDER BY c.name`);
  return rows.map((row) => ({
    ...row, settings: channelSettingsSchema.safeParse(row.settings).data ?? { groupSeconds: 60 }, secrets: row.secrets ?? [], createdAt: row.createdAt.toISOString(), createdBy: row.createdBy.name ?? row.createdBy.id,
    failingSince: row.failingSince?.toISOString() ?? null, lastOkAt: row.lastOkAt?.toISOString() ?? null,
  }));
}

type Row = {
  id: string; channelId: string; channel: string; kind: ChannelKind; subject: string; moment: string; act: 'trigger' | 'resolve'; critical: boolean; state: NoticeState; body: unknown;
  createdAt: Date; dueAt: Date; doneAt: Date | null; attempts: number; lastError: string | null; tries: (Omit<AttemptView, 'at'> & { at: string })[] | null;
};

/** What was told or is to be, the newest first: of one channel, in one state, or all. `dead`: those that somebody has to look at, the oldest first. */
export async function listNotices(ctx: Context, { state, channelId, limit }: { state?: 'dead' | undefined; channelId?: string | undefined; limit: number }): Promise<NoticeView[]> {
  authorise(ctx, 'channel.manage');
  const rows = await sql.rows<Row>(
    `SELECT n.id, n.channel_id AS "channelId", c.name AS channel, c.kind, n.subject, n.moment, n.act, n.critical, n.state, n.body, n.created_at AS "createdAt", n.due_at AS "dueAt", n.done_at AS "doneAt", n.attempts, n.last_error AS "lastError",
       (SELECT json_agg(json_build_object('at', t.at, 'ok', t.ok, 'status', t.status, 'durationMs', t.duration_ms, 'error', t.error) ORDER BY t.at DESC) FROM (SELECT * FROM notice_attempt a WHERE a.notice_id = n.id ORDER BY a.at DESC LIMIT 10) t) AS tries
     FROM notice n JOIN channel c ON c.id = n.channel_id WHERE ($1::text IS NULL OR n.state = $1) AND ($2::uuid IS NULL OR n.channel_id = $2) AND n.state <> 'grouped' ORDER BY ${state === 'dead' ? 'n.place' : 'n.place DESC'} LIMIT $3`, [state ?? null, channelId ?? null, limit]);
  return rows.map(({ body, tries, createdAt, dueAt, doneAt, ...row }) => {
    const read = noticeBodySchema.safeParse(body);
    return {
      ...row, says: read.success ? sentenceOf(read.data) : 'It was written by another version.', path: read.success ? new URL(read.data.url).pathname : '/settings/channels',
      createdAt: createdAt.toISOString(), dueAt: dueAt.toISOString(), doneAt: doneAt?.toISOString() ?? null, tries: (tries ?? []).map((one) => ({ ...one, at: new Date(one.at).toISOString() })),
    };
  });
}

/** Whom an approval was told to, the first first: for its card. Names and times alone, which whoever reads the approval may know. */
export async function toldOf(ctx: Context, approvalId: string): Promise<ToldView[]> {
  authorise(ctx, 'approval.read');
  const rows = await sql.rows<Omit<ToldView, 'at'> & { at: Date }>(
    `SELECT c.name AS channel, c.kind, n.moment, n.done_at AS at FROM notice n JOIN channel c ON c.id = n.channel_id WHERE n.subject = $1 AND n.act = 'trigger' AND n.state = 'delivered' ORDER BY n.done_at LIMIT 20`, [`approval:${approvalId}`]);
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
