import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';
import { FINAL_AGE_MS } from './rules';

const KEPT_DAYS = 90;
const PORTION = 5_000;

/** Lets go of what was delivered, overtaken or discarded long ago, with its attempts, a portion at a time; the log keeps that it was told. Dead letters stay until a person has looked. */
export async function sweepNotices(): Promise<number> {
  for (let swept = 0; ;) {
    const gone = await sqlTransaction(async (tx) => {
      const rows = await tx.rows<{ id: string }>(`DELETE FROM notice WHERE id IN (SELECT id FROM notice WHERE state IN ('delivered', 'overtaken', 'discarded') AND done_at < clock_timestamp() - make_interval(days => $1) LIMIT $2) RETURNING id`, [KEPT_DAYS, PORTION]);
      if (rows.length > 0) await tx.rows('DELETE FROM notice_attempt WHERE notice_id = ANY($1::uuid[])', [rows.map(({ id }) => id)]);
      return rows.length;
    });
    swept += gone;
    if (gone < PORTION) return swept;
  }
}

/** What has been due for a day and had no turn, because its channel hangs on what came before it, is given up as what was tried that long is. */
export async function giveUpStale(ctx: Context): Promise<number> {
  for (let given = 0; ;) {
    const stale = await sqlTransaction(async (tx) => {
      const rows = await tx.rows<{ noticeId: string; channelId: string; channel: string; subject: string; moment: string; attempts: number }>(
        `UPDATE notice n SET state = 'dead', done_at = clock_timestamp(), lease_until = NULL, last_error = coalesce(n.last_error, $3) FROM channel c
         WHERE c.id = n.channel_id AND n.id IN (SELECT id FROM notice WHERE state = 'waiting' AND due_at < clock_timestamp() - make_interval(secs => $1) AND (lease_until IS NULL OR lease_until <= clock_timestamp()) LIMIT $2 FOR UPDATE SKIP LOCKED)
         RETURNING n.id AS "noticeId", c.id AS "channelId", c.name AS channel, n.subject, n.moment, n.attempts`, [FINAL_AGE_MS / 1_000, 500, NO_TURN]);
      await record(tx, ctx, rows.map((row) => organisationEvent('notice.dead', { ...row, error: NO_TURN })));
      return rows.length;
    });
    given += stale;
    if (stale < 500) return given;
  }
}

const NO_TURN = 'It had no turn for a day: its channel hung on what came before it.';
