import { authorise } from '@/lib/access';
import { recordedActor, type Context } from '@/lib/context';
import { pool, requiredUrl, sqlOf, sqlTransaction, type Sql } from '@/lib/db';
import { record, sessionEvent, sessionStream } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { agedBefore, lostForGood } from './rules';
import type { Retention } from './schema';

/** Texts looked for at once; those of one session go together. */
const PORTION = 500;
const WHY = 'They had been kept for as long as the settings say.';

/** What has aged, of sessions that are over: a running one's agent and approvers still need its texts. $1: the moment for each class. */
const DUE = `p.erased_at IS NULL AND p.created_at < ($1::jsonb ->> p.kind)::timestamptz`;
const OVER = `(s.ended_at IS NOT NULL OR (s.state = 'lost' AND s.lost_at < $2))`;

export type Aged = { payloads: number; sessions: number };

/**
 * Destroys what is older than the settings keep it, in portions, each a transaction with its events; a session of which
 * nothing is left loses its key as well. Any number of workers may do this at once. `url`: the retention role's address.
 */
export async function eraseAged(ctx: Context, retention: Retention, url = requiredUrl()): Promise<Aged> {
  authorise(ctx, 'payload.erase');
  const at = ctx.now();
  const before = agedBefore(retention, at);
  const done: Aged = { payloads: 0, sessions: 0 };
  if (Object.keys(before).length === 0) return done;
  const round = { id: newId(), before: JSON.stringify(before), lost: lostForGood(at) };
  for (;;) {
    const sessions = await sqlOf(pool(url)).rows<{ id: string }>(
      `SELECT DISTINCT due.id FROM (SELECT s.id FROM session_key k JOIN session s ON s.id = k.session_id JOIN payload p ON p.session_id = s.id WHERE ${OVER} AND ${DUE} LIMIT ${PORTION}) AS due ORDER BY due.id`,
      [round.before, round.lost],
    );
    if (sessions.length === 0) return done;
    const portion = await sqlTransaction((tx) => erasePortion(tx, { ...ctx, now: () => at }, sessions.map(({ id }) => id), round, done), url);
    done.payloads += portion.payloads;
    done.sessions += portion.sessions;
  }
}

async function erasePortion(tx: Sql, ctx: Context, sessionIds: string[], round: { id: string; before: string; lost: string }, sofar: Aged): Promise<Aged> {
  const at = ctx.now();
  await tx.rows('SELECT 1 FROM log.stream WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE', [sessionIds.map(sessionStream)]);
  const rows = await tx.rows<{ sessionId: string; kind: string }>(`UPDATE payload p SET sealed = NULL, salt = NULL, erased_at = $4 WHERE p.session_id = ANY($3::uuid[]) AND ${DUE} AND EXISTS (SELECT 1 FROM session s WHERE s.id = p.session_id AND ${OVER}) RETURNING p.session_id AS "sessionId", p.kind`, [round.before, round.lost, sessionIds, at]);
  const emptied = new Set((await tx.rows<{ id: string }>(
    `UPDATE session_key k SET wrapped = NULL, erased_at = $2 WHERE k.session_id = ANY($1::uuid[]) AND k.erased_at IS NULL AND NOT EXISTS (SELECT 1 FROM payload p WHERE p.session_id = k.session_id AND p.erased_at IS NULL) RETURNING k.session_id AS id`, [sessionIds, at],
  )).map(({ id }) => id));
  const bySession = grouped(rows);
  const events = [...bySession].map(([sessionId, erased]) => {
    const kinds = [...new Set(erased.map(({ kind }) => kind))].sort();
    const before = JSON.parse(round.before) as Record<string, string>;
    return sessionEvent(sessionId, 'payload.erased', { payloads: erased.length, why: WHY, kinds, before: kinds.map((kind) => before[kind]!).sort().at(-1)!, key: emptied.has(sessionId) });
  });
  await record(tx, ctx, events);
  if (rows.length > 0) {
    await tx.rows(
      `INSERT INTO erasure (id, kind, why, asked_by, asked_at, done_at, payloads, sessions) VALUES ($1, 'aged', $2, $3, $4, $4, $5, $6)
       ON CONFLICT (id) DO UPDATE SET payloads = $5, sessions = $6`,
      [round.id, WHY, JSON.stringify(recordedActor(ctx.actor)), at, sofar.payloads + rows.length, sofar.sessions + bySession.size],
    );
  }
  return { payloads: rows.length, sessions: bySession.size };
}

function grouped<T extends { sessionId: string }>(rows: readonly T[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const row of rows) {
    const list = found.get(row.sessionId);
    if (list) list.push(row);
    else found.set(row.sessionId, [row]);
  }
  return found;
}
