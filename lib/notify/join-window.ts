import type { Sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import type { ChannelSettings } from './schema';

/**
 * The first ask of a route on a channel is told at once and opens a window; what comes while it lasts is gathered. Returns the
 * window, `fresh` where this ask opened it, or null where the channel gathers nothing.
 */
export async function joinWindow(tx: Sql, channel: { id: string; settings: ChannelSettings }, key: string): Promise<{ id: string; fresh: boolean } | null> {
  const seconds = channel.settings.groupSeconds;
  if (seconds === 0) return null;
  const [open] = await tx.rows<{ id: string; fresh: boolean }>(
    `INSERT INTO notice_window (id, channel_id, key, ends_at) VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4))
     ON CONFLICT (channel_id, key) DO UPDATE SET key = excluded.key RETURNING id, id = $1 AS fresh`, [newId(), channel.id, key.slice(0, 500), seconds]);
  return open!;
}
