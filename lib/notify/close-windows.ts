import { sqlTransaction } from '@/lib/db';
import { riskLevels } from '@/lib/policies/schema';
import { newId } from '@/lib/protocol/ids';
import { baseOf, insertNotice, liveChannels } from './make-notices';
import { windowMs } from './rules';

type Waiting = { routes: string[]; risk: (typeof riskLevels)[number]; critical: boolean };

/**
 * Tells in one what was gathered while a window lasted, and prolongs it: a flood that goes on is told of less and less often. A window in which
 * nothing came is over, and the next ask is told by itself again. Returns the milliseconds until the next one ends; null when none is open.
 */
export async function closeWindows(): Promise<number | null> {
  for (;;) {
    const closed = await sqlTransaction(async (tx) => {
      const [window] = await tx.rows<{ id: string; channelId: string; key: string; rounds: number }>(
        'SELECT id, channel_id AS "channelId", key, rounds FROM notice_window WHERE ends_at <= clock_timestamp() ORDER BY ends_at LIMIT 1 FOR UPDATE SKIP LOCKED');
      if (!window) return false;
      const channel = (await liveChannels(tx)).find((one) => one.id === window.channelId);
      const waiting = await tx.rows<Waiting>(
        `SELECT array_to_json(ARRAY(SELECT jsonb_array_elements_text(n.body->'routes'))) AS routes, n.body->>'risk' AS risk, n.critical FROM notice n WHERE n.group_id = $1 AND n.state = 'grouped' LIMIT 100000`, [window.id]);
      await tx.rows('DELETE FROM notice_window WHERE id = $1', [window.id]);
      if (!channel || waiting.length === 0) return true;
      const id = newId();
      const [clock] = await tx.rows<{ now: Date }>('SELECT clock_timestamp() AS now');
      const risk = riskLevels[Math.max(...waiting.map((one) => riskLevels.indexOf(one.risk)))] ?? 'critical';
      await insertNotice(tx, channel, {
        id, subject: `group:${window.id}`, moment: 'more', act: 'trigger', critical: waiting.some((one) => one.critical), groupId: null,
        body: { ...baseOf(channel, id, clock!.now.toISOString(), '/approvals'), type: 'approvals.more', groupId: window.id, routes: waiting[0]!.routes, waiting: waiting.length, risk },
      }, clock!.now);
      // A window of its own for what comes next: what was told of together stays together, and is settled together.
      await tx.rows('INSERT INTO notice_window (id, channel_id, key, ends_at, rounds) VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4), $5)',
        [newId(), channel.id, window.key, windowMs(channel.settings.groupSeconds, window.rounds + 1) / 1_000, window.rounds + 1]);
      await tx.rows(`SELECT pg_notify('cs_notify', '{}')::text`);
      return true;
    });
    if (!closed) break;
  }
  const [next] = await sqlTransaction((tx) => tx.rows<{ ms: number | null }>('SELECT extract(epoch FROM min(ends_at) - clock_timestamp())::float8 * 1000 AS ms FROM notice_window'));
  return next?.ms ?? null;
}
