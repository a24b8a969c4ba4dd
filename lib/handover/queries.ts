import { sql } from '@/lib/db';
import { idSchema } from '@/lib/protocol/ids';
import type { HandoverView, ShiftFacts } from './schema';

/** For so long the next ones see a note on Now. */
const SHOWN_HOURS = 12;
/** As many of each as a draft names. */
const NAMED = 15;

type Row = { id: string; personId: string; name: string; from: Date; to: Date; text: string };
const SELECT = 'SELECT h.id, h.person_id AS "personId", n.name, h.from_at AS "from", h.to_at AS "to", h.text FROM handover h JOIN person n ON n.id = h.person_id';
const viewOf = ({ id, personId, name, from, to, text }: Row): HandoverView => ({ id, by: { id: personId, name }, from: from.toISOString(), to: to.toISOString(), text });

/** Notes, the newest first. */
export const listHandovers = async (limit: number): Promise<HandoverView[]> => (await sql.rows<Row>(`${SELECT} ORDER BY h.to_at DESC, h.id DESC LIMIT $1`, [limit])).map(viewOf);

export async function getHandover(id: string): Promise<HandoverView | undefined> {
  if (!idSchema.safeParse(id).success) return undefined;
  const [row] = await sql.rows<Row>(`${SELECT} WHERE h.id = $1`, [id]);
  return row && viewOf(row);
}

/** The newest note that is still of use to this person: somebody else's, within the last shift or so. */
export async function handoverFor(personId: string): Promise<HandoverView | undefined> {
  const [row] = await sql.rows<Row>(`${SELECT} WHERE h.to_at > statement_timestamp() - make_interval(hours => ${SHOWN_HOURS}) ORDER BY h.to_at DESC, h.id DESC LIMIT 1`);
  return row && row.personId !== personId ? viewOf(row) : undefined;
}

/** Of questions and decisions, what a note for this shift should say. Standing orders and alerts are other rooms' to tell. */
export async function shiftFacts(from: Date, now: Date): Promise<Pick<ShiftFacts, 'waiting' | 'decided' | 'unseen' | 'escalated'>> {
  const waits = `p.state IN ('pending', 'partially_approved') AND p.decide_by > $1`;
  const unseen = `p.state = 'expired' AND p.decide_by > $1 AND p.decide_by <= $2 AND NOT EXISTS (SELECT 1 FROM approval_view v WHERE v.approval_id = p.id)`;
  const [[count], waiting, by, last, ranOut] = await Promise.all([
    sql.rows<{ waiting: number; escalated: number; decided: number; unseen: number }>(
      `SELECT (SELECT count(*)::int FROM approval p WHERE ${waits.replace('$1', '$2')}) AS waiting, (SELECT count(*)::int FROM approval p WHERE ${waits.replace('$1', '$2')} AND p.escalated_at IS NOT NULL) AS escalated,
         (SELECT count(*)::int FROM approval_signature g WHERE g.at > $1 AND g.at <= $2) AS decided, (SELECT count(*)::int FROM approval p WHERE ${unseen}) AS unseen`, [from, now]),
    sql.rows<{ title: string; agent: string; risk: string; decideBy: Date; escalated: boolean; signed: number }>(
      `SELECT p.title, a.name AS agent, p.risk, p.decide_by AS "decideBy", p.escalated_at IS NOT NULL AS escalated, (SELECT count(*)::int FROM approval_signature g WHERE g.approval_id = p.id AND g.digest = p.digest AND g.revision = p.revision AND g.verdict = 'approve') AS signed
       FROM approval p JOIN agent a ON a.id = p.agent_id WHERE ${waits} ORDER BY p.decide_by, p.id LIMIT ${NAMED}`, [now]),
    sql.rows<{ name: string; approved: number; denied: number }>(
      `SELECT n.name, count(*) FILTER (WHERE g.verdict = 'approve')::int AS approved, count(*) FILTER (WHERE g.verdict = 'deny')::int AS denied FROM approval_signature g JOIN person n ON n.id = g.person_id
       WHERE g.at > $1 AND g.at <= $2 GROUP BY n.id, n.name ORDER BY count(*) DESC, n.name LIMIT 30`, [from, now]),
    sql.rows<{ title: string; agent: string; verdict: 'approve' | 'deny'; by: string; reason: string | null }>(
      `SELECT p.title, a.name AS agent, g.verdict, n.name AS by, g.reason FROM approval_signature g JOIN approval p ON p.id = g.approval_id JOIN agent a ON a.id = p.agent_id JOIN person n ON n.id = g.person_id
       WHERE g.at > $1 AND g.at <= $2 ORDER BY g.at DESC, g.id LIMIT ${NAMED}`, [from, now]),
    sql.rows<{ title: string; agent: string; at: Date }>(`SELECT p.title, a.name AS agent, p.decide_by AS at FROM approval p JOIN agent a ON a.id = p.agent_id WHERE ${unseen} ORDER BY p.decide_by DESC, p.id LIMIT ${NAMED}`, [from, now]),
  ]);
  return {
    waiting: { count: count!.waiting, first: waiting.map((one) => ({ ...one, decideBy: one.decideBy.toISOString() })) }, escalated: count!.escalated,
    decided: { by, count: count!.decided, last }, unseen: { count: count!.unseen, first: ranOut.map((one) => ({ ...one, at: one.at.toISOString() })) },
  };
}
