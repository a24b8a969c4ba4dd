import type { Registry } from 'prom-client';
import { sql, type Sql } from '@/lib/db';
import { figuresOf, one } from '@/lib/figures';
import { lagOf } from '@/lib/log';
import { channelKinds } from './schema';

/** Figures of notifications for Prometheus, read from the rows at each scrape: by kind of channel, never by a name or where it leads. */
export function registerNotifyMetrics(registry: Registry, db: Sql = sql): void {
  const { gauge } = figuresOf(registry, () => readFigures(db));
  gauge('countersign_notices', 'Notices that wait, were given up, or were delivered within 90 days, by kind of channel', ['kind', 'state'], 'state');
  gauge('countersign_channels_failing', 'Channels by which nobody is reached', ['kind'], 'failing');
  gauge('countersign_notice_oldest_due_seconds', 'Since when the oldest notice that is due waits to be delivered', [], 'oldest');
  gauge('countersign_notice_lag_seconds', 'Age of the oldest event that no worker has read for notifications', [], 'lag');
  gauge('countersign_notice_attempts_24h', 'Attempts to deliver a notice in the last 24 hours', ['kind', 'outcome'], 'attempts');
}

async function readFigures(db: Sql) {
  const [states, failing, attempts, oldest, lag] = await Promise.all([
    db.rows<{ kind: string; state: string; n: number }>('SELECT c.kind, n.state, count(*)::float8 AS n FROM notice n JOIN channel c ON c.id = n.channel_id GROUP BY 1, 2'),
    db.rows<{ kind: string; n: number }>('SELECT kind, count(*)::float8 AS n FROM channel WHERE removed_at IS NULL AND failing_since IS NOT NULL GROUP BY 1'),
    db.rows<{ kind: string; ok: boolean; n: number }>(`SELECT c.kind, a.ok, count(*)::float8 AS n FROM notice_attempt a JOIN notice n ON n.id = a.notice_id JOIN channel c ON c.id = n.channel_id WHERE a.at > statement_timestamp() - interval '24 hours' GROUP BY 1, 2`),
    db.rows<{ seconds: number }>(`SELECT coalesce(greatest(extract(epoch FROM clock_timestamp() - min(due_at)), 0), 0)::float8 AS seconds FROM notice WHERE state = 'waiting' AND due_at <= clock_timestamp()`),
    lagOf(db, 'notice_cursor'),
  ]);
  return {
    state: states.map(({ kind, state, n }) => ({ labels: { kind, state }, value: n })),
    failing: channelKinds.map((kind) => ({ labels: { kind }, value: failing.find((other) => other.kind === kind)?.n ?? 0 })),
    attempts: attempts.map(({ kind, ok, n }) => ({ labels: { kind, outcome: ok ? 'ok' : 'failed' }, value: n })),
    oldest: oldest.flatMap(({ seconds }) => one(seconds)),
    lag: lag.flatMap(({ seconds }) => one(seconds)),
  };
}
