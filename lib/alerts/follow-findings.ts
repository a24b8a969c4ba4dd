import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sqlTransaction, type Sql } from '@/lib/db';
import { keepPlace, organisationEvent, readOn, readUnsettled, record, takePlace, type FollowedEvent } from '@/lib/log';
import type { AlertRule } from '@/lib/policies/schema';
import { newId } from '@/lib/protocol/ids';
import { findingsIn, wantedEvents } from './finding-events';
import { actsOf, gather, type Act, type Gathering, type Raised, type SeenFinding } from './rules';
import { evidenceListSchema } from './schema';

const PAGE = 2_000;
/** Where nobody has followed the log before, what was seen in this time is looked at (milliseconds). */
const BEGINS_BACK_MS = 60 * 60_000;

export type Round = { findings: SeenFinding[]; raised: number; /** There is more to be read at once. */ full: boolean; /** Something is committed whose place is not settled yet. */ unsettled: boolean };

/**
 * Reads on in the log, counts findings onto alerts and raises new ones, and writes down what is to be done at once. How far it
 * has read commits with what it counted, so each finding is counted once, however many workers there are and whenever one ends.
 * What is committed but not settled is not counted yet, but acted on all the same: a long transaction elsewhere delays no stop.
 */
export async function followFindings(ctx: Context, rules: readonly AlertRule[]): Promise<Round> {
  authorise(ctx, 'log.read');
  return sqlTransaction(async (tx) => {
    const after = await takePlace(tx, 'alert_cursor', new Date(ctx.now().getTime() - BEGINS_BACK_MS));
    // Looked at before what is settled: what settles in between is seen by the next statement, or brings its own notice.
    const ahead = await readUnsettled(tx, wantedEvents(PAGE));
    const page = await readOn(tx, after, wantedEvents(PAGE));
    const findings = await withAgents(tx, page.events);
    const acts = actsOf(rules, [...findings, ...await withAgents(tx, ahead.events)]);
    const raised = await keep(tx, ctx, rules, findings);
    await noteActs(tx, acts);
    if (page.last) await keepPlace(tx, 'alert_cursor', page.last);
    return { findings, raised: raised.length, full: page.full, unsettled: ahead.any };
  });
}

/** Each finding with its agent: events of the gate name it, others have it from their session. */
async function withAgents(tx: Sql, events: readonly FollowedEvent[]): Promise<SeenFinding[]> {
  const parts = events.flatMap(findingsIn);
  const unnamed = [...new Set(parts.filter((part) => part.agentId === null).map((part) => part.sessionId))];
  const named = new Map(unnamed.length === 0 ? [] : (await tx.rows<{ id: string; agentId: string }>('SELECT id::text AS id, agent_id::text AS "agentId" FROM session WHERE id = ANY($1::uuid[])', [unnamed])).map((row) => [row.id, row.agentId]));
  return parts.flatMap((part) => {
    const agentId = part.agentId ?? named.get(part.sessionId);
    return agentId === undefined ? [] : [{ ...part, agentId }];
  });
}

async function keep(tx: Sql, ctx: Context, rules: readonly AlertRule[], findings: readonly SeenFinding[]): Promise<Raised[]> {
  if (findings.length === 0) return [];
  const sessions = [...new Set(findings.map((one) => one.sessionId))];
  // Locked: whoever closes one meanwhile comes before this, and then it is closed and what is seen now raises a new one, or after.
  const standing = (await tx.rows<Omit<Gathering, 'firstAt' | 'lastAt' | 'evidence'> & { firstAt: Date; lastAt: Date; evidence: unknown }>(
    `SELECT id, rule, agent_id AS "agentId", session_id AS "sessionId", detector, kind, count, first_at AS "firstAt", last_at AS "lastAt", evidence FROM alert WHERE session_id = ANY($1::uuid[]) AND state <> 'closed' ORDER BY id FOR UPDATE`, [sessions],
  )).map((row) => ({ ...row, firstAt: row.firstAt.toISOString(), lastAt: row.lastAt.toISOString(), evidence: evidenceListSchema.parse(row.evidence) }));
  const { raised, counted } = gather(rules, standing, findings, newId);
  if (counted.length > 0) {
    await tx.rows(
      `UPDATE alert a SET count = c.count, last_at = c.last_at, evidence = c.evidence FROM json_to_recordset($1::json) AS c(id uuid, count int, last_at timestamptz, evidence jsonb) WHERE a.id = c.id`,
      [JSON.stringify(counted.map((one) => ({ id: one.id, count: one.count, last_at: one.lastAt, evidence: one.evidence })))],
    );
  }
  const previous = raised.length === 0 ? new Map<string, string>() : await insert(tx, raised);
  await record(tx, ctx, [
    ...raised.map((one) => organisationEvent('alert.raised', { alertId: one.id, rule: one.rule, severity: one.severity, act: one.act, detector: one.detector, kind: one.kind, agentId: one.agentId, sessionId: one.sessionId, seq: one.seq, ...(previous.has(one.id) ? { previousId: previous.get(one.id)! } : {}) }, { agentId: one.agentId })),
    // A stop suggests its own incident, or its act does where nothing was stopped.
    ...raised.filter((one) => one.incident && one.act !== 'stop').map((one) => organisationEvent('incident.suggested', { rule: one.rule, detector: one.detector, kind: one.kind, severity: one.severity, sessionId: one.sessionId, seq: one.seq })),
  ]);
  return raised;
}

/** Adds them; each knows the closed one before it that was about the same. Returns these by the new ones' ids. */
async function insert(tx: Sql, raised: readonly Raised[]): Promise<Map<string, string>> {
  const rows = await tx.rows<{ id: string; previousId: string | null }>(
    `INSERT INTO alert (id, rule, severity, act, detector, kind, agent_id, session_id, count, first_at, last_at, raised_at, evidence, previous_id)
     SELECT n.id, n.rule, n.severity, n.act, n.detector, n.kind, n.agent_id, n.session_id, n.count, n.first_at, n.last_at, clock_timestamp(), n.evidence,
       (SELECT p.id FROM alert p WHERE p.session_id = n.session_id AND p.rule = n.rule AND p.detector = n.detector AND p.kind = n.kind AND p.state = 'closed' ORDER BY p.closed_at DESC LIMIT 1)
     FROM json_to_recordset($1::json) AS n(id uuid, rule text, severity text, act text, detector text, kind text, agent_id uuid, session_id uuid, count int, first_at timestamptz, last_at timestamptz, evidence jsonb)
     RETURNING id, previous_id AS "previousId"`,
    [JSON.stringify(raised.map((one) => ({ id: one.id, rule: one.rule, severity: one.severity, act: one.act, detector: one.detector, kind: one.kind, agent_id: one.agentId, session_id: one.sessionId, count: one.count, first_at: one.firstAt, last_at: one.lastAt, evidence: one.evidence })))],
  );
  return new Map(rows.flatMap((row) => (row.previousId === null ? [] : [[row.id, row.previousId] as const])));
}

/** Due, unless the same is due for that session already, or was done and lasts: what is paused may go on, and is paused again. */
async function noteActs(tx: Sql, acts: readonly Act[]): Promise<void> {
  if (acts.length === 0) return;
  await tx.rows(
    `INSERT INTO alert_act (id, session_id, seq, rule, act, detector, kind, severity, incident, due_at)
     SELECT n.id, n.session_id, n.seq, n.rule, n.act, n.detector, n.kind, n.severity, n.incident, clock_timestamp()
     FROM json_to_recordset($1::json) AS n(id uuid, session_id uuid, seq bigint, rule text, act text, detector text, kind text, severity text, incident boolean)
     WHERE NOT EXISTS (SELECT 1 FROM alert_act x WHERE x.session_id = n.session_id AND x.act = n.act AND (x.done_at IS NULL OR x.act <> 'pause' AND x.outcome IN ('done', 'standing')))
     ON CONFLICT (session_id, seq, act) DO NOTHING`,
    [JSON.stringify(acts.map(({ sessionId, ...one }) => ({ id: newId(), session_id: sessionId, ...one })))],
  );
}
