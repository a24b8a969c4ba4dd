import { sql } from '@/lib/db';
import type { RecordedActor } from '@/lib/context';
import type { AlertAct, AlertSeverity } from '@/lib/policies/schema';
import { shortId } from '@/lib/protocol/ids';
import { frameworksOf } from './frameworks';
import { evidenceListSchema, type ActOutcome, type ActView, type AlertDetail, type AlertFilter, type AlertState, type AlertTab, type AlertView, type CloseReason, type MuteView, type RuleLabels } from './schema';

type Row = {
  id: string; rule: string; severity: AlertSeverity; act: AlertAct; detector: string; kind: string; agentId: string | null; agentName: string | null; sessionId: string | null; sessionState: string | null; simulated: boolean | null; about: string | null;
  state: AlertState['kind']; count: number; firstAt: Date; lastAt: Date; raisedAt: Date; previousId: string | null; previousAs: CloseReason | null;
  acknowledgedAt: Date | null; acknowledgedBy: RecordedActor | null; assignedAt: Date | null; assignedBy: RecordedActor | null; assignedTo: string | null; assignedName: string | null;
  closedAt: Date | null; closedBy: RecordedActor | null; closedAs: CloseReason | null; note: string | null;
  muteId: string | null; muteUntil: Date | null; muteBy: RecordedActor | null; muteWhy: string | null;
};

// One mute at most stands for a rule and an agent. A session or an agent that the alert names is always there: neither is ever deleted. One about this installation itself names none.
const FROM = `FROM alert a LEFT JOIN agent g ON g.id = a.agent_id LEFT JOIN session s ON s.id = a.session_id LEFT JOIN person p ON p.id = a.assigned_to
  LEFT JOIN alert_mute m ON m.agent_id = a.agent_id AND m.rule = a.rule AND m.ended_at IS NULL AND m.until > clock_timestamp() AND a.state <> 'closed'`;
const COLUMNS = `a.id, a.rule, a.severity, a.act, a.detector, a.kind, a.agent_id AS "agentId", g.name AS "agentName", a.session_id AS "sessionId", s.state AS "sessionState", g.simulated, a.about, a.state, a.count,
  a.first_at AS "firstAt", a.last_at AS "lastAt", a.raised_at AS "raisedAt", a.previous_id AS "previousId", (SELECT o.closed_as FROM alert o WHERE o.id = a.previous_id) AS "previousAs",
  a.acknowledged_at AS "acknowledgedAt", a.acknowledged_by AS "acknowledgedBy", a.assigned_at AS "assignedAt", a.assigned_by AS "assignedBy", a.assigned_to AS "assignedTo", p.name AS "assignedName",
  a.closed_at AS "closedAt", a.closed_by AS "closedBy", a.closed_as AS "closedAs", a.note, m.id AS "muteId", m.until AS "muteUntil", m.muted_by AS "muteBy", m.why AS "muteWhy"`;
const RANK = `CASE a.severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END`;

const onTab: Record<AlertTab, string> = {
  open: `a.state IN ('open', 'acknowledged', 'assigned') AND m.id IS NULL`,
  mine: `a.state = 'assigned' AND a.assigned_to = $1::uuid`,
  muted: 'm.id IS NOT NULL',
  closed: `a.state = 'closed'`,
  all: 'true',
};

/** What somebody asks for of the alerts: those on a tab (`mine`: of `personId`), held to the filter, the gravest and newest first, or in the order they were raised in. */
export async function listAlerts(filter: AlertFilter & { personId?: string | undefined; order?: 'pressing' | 'raised'; after?: string | undefined; limit: number }): Promise<AlertView[]> {
  const rows = await sql.rows<Row>(
    `SELECT ${COLUMNS} ${FROM} WHERE ($1::uuid IS NULL OR true) AND ${onTab[filter.tab]} AND ($2::text IS NULL OR a.severity = $2) AND ($3::uuid IS NULL OR a.agent_id = $3) AND ($4::uuid IS NULL OR a.session_id = $4)
       AND ($5::text IS NULL OR a.rule = $5) AND ($6::text IS NULL OR a.detector = $6) AND ($7::text IS NULL OR a.state = $7) AND ($8::uuid IS NULL OR a.id < $8)
     ORDER BY ${filter.order === 'raised' ? 'a.id DESC' : filter.tab === 'closed' ? 'a.closed_at DESC, a.id DESC' : `${RANK}, a.last_at DESC, a.id DESC`} LIMIT $9`,
    [filter.personId ?? null, filter.severity ?? null, filter.agentId ?? null, filter.sessionId ?? null, filter.rule ?? null, filter.detector ?? null, filter.state ?? null, filter.after ?? null, filter.limit],
  );
  return rows.map(viewOf);
}

/** One alert with its evidence, what was done at once in its session by its rule, and the closed one before it. */
export async function getAlert(id: string): Promise<AlertDetail | undefined> {
  const [row] = await sql.rows<Row & { evidence: unknown }>(`SELECT ${COLUMNS}, a.evidence ${FROM} WHERE a.id = $1`, [id]);
  if (!row) return undefined;
  const acts = await sql.rows<{ act: AlertAct; seq: bigint; dueAt: Date; doneAt: Date | null; outcome: ActOutcome | null; orderId: string | null }>(
    `SELECT act, seq, due_at AS "dueAt", done_at AS "doneAt", outcome, order_id AS "orderId" FROM alert_act WHERE session_id = $1 AND rule = $2 AND detector = $3 AND kind = $4 ORDER BY due_at, id LIMIT 50`, [row.sessionId, row.rule, row.detector, row.kind]);
  return {
    ...viewOf(row), evidence: evidenceListSchema.parse(row.evidence),
    acts: acts.map((one): ActView => ({ ...one, seq: Number(one.seq), dueAt: one.dueAt.toISOString(), doneAt: one.doneAt?.toISOString() ?? null })),
    previous: row.previousId === null ? null : { id: row.previousId, as: row.previousAs },
  };
}

/** Open alerts about this installation itself, the gravest and newest first: what Now names beside sessions. */
export async function ownAlerts(limit: number): Promise<{ id: string; about: string; severity: AlertSeverity; detector: string; kind: string; lastAt: string }[]> {
  const rows = await sql.rows<{ id: string; about: string; severity: AlertSeverity; detector: string; kind: string; lastAt: Date }>(
    `SELECT a.id, a.about, a.severity, a.detector, a.kind, a.last_at AS "lastAt" ${FROM} WHERE a.about IS NOT NULL AND a.state <> 'closed' ORDER BY ${RANK}, a.last_at DESC LIMIT $1`, [limit]);
  return rows.map((row) => ({ ...row, lastAt: row.lastAt.toISOString() }));
}

/** How many are on each tab. */
export async function countAlerts(personId: string | undefined): Promise<Record<AlertTab, number>> {
  const [row] = await sql.rows<Record<AlertTab, number>>(`SELECT ${Object.entries(onTab).map(([tab, where]) => `count(*) FILTER (WHERE ${where})::int AS ${tab === 'all' ? '"all"' : tab}`).join(', ')} ${FROM}`, [personId ?? null]);
  return row!;
}

/** How many are open, how many of these are critical, and how many critical or high and seen by nobody: the number beside the room's name, on every page. */
export async function openAlertCounts(): Promise<{ open: number; critical: number; grave: number }> {
  const [row] = await sql.rows<{ open: number; critical: number; grave: number }>(`SELECT count(*)::int AS open, count(*) FILTER (WHERE a.severity = 'critical')::int AS critical, count(*) FILTER (WHERE a.severity IN ('critical', 'high') AND a.state = 'open')::int AS grave ${FROM} WHERE ${onTab.open}`);
  return row!;
}

/** Sessions with alerts that are open, unmuted and more than low, the gravest first: what Now names. */
export async function alertedSessions(limit: number): Promise<{ sessionId: string; agentName: string; alerts: number; severity: AlertSeverity; detector: string; kind: string; alertId: string; lastAt: string }[]> {
  const rows = await sql.rows<{ sessionId: string; agentName: string; alerts: number; severity: AlertSeverity; detector: string; kind: string; alertId: string; lastAt: Date }>(
    `SELECT * FROM (
       SELECT DISTINCT ON (a.session_id) a.session_id AS "sessionId", g.name AS "agentName", count(*) OVER (PARTITION BY a.session_id)::int AS alerts, a.severity, a.detector, a.kind, a.id AS "alertId", max(a.last_at) OVER (PARTITION BY a.session_id) AS "lastAt", ${RANK} AS rank
       ${FROM} WHERE ${onTab.open} AND a.severity <> 'low' AND a.session_id IS NOT NULL ORDER BY a.session_id, ${RANK}, a.last_at DESC
     ) AS one ORDER BY rank, "lastAt" DESC LIMIT $1`, [limit]);
  return rows.map(({ sessionId, agentName, alerts, severity, detector, kind, alertId, lastAt }) => ({ sessionId, agentName, alerts, severity, detector, kind, alertId, lastAt: lastAt.toISOString() }));
}

/** What people said of closed alerts, by rule, detector and kind: what thresholds and rules are tuned by. `unlabelled` are not closed yet. */
export async function labelsByRule(since: Date): Promise<RuleLabels[]> {
  return sql.rows<RuleLabels>(
    `SELECT rule, detector, kind, count(*) FILTER (WHERE closed_as = 'true')::int AS "true", count(*) FILTER (WHERE closed_as = 'benign')::int AS benign, count(*) FILTER (WHERE closed_as = 'duplicate')::int AS duplicate,
       count(*) FILTER (WHERE closed_as IS NULL)::int AS unlabelled
     FROM alert WHERE raised_at >= $1 GROUP BY rule, detector, kind ORDER BY count(*) DESC, rule, detector, kind LIMIT 500`, [since]);
}

function viewOf(row: Row): AlertView {
  const { id, rule, severity, act, detector, kind, agentId, agentName, sessionId, sessionState, simulated, about, count } = row;
  return {
    id, rule, severity, act, detector, kind, agentId, agentName, sessionId, sessionShortId: sessionId === null ? null : shortId(sessionId), sessionState, simulated: simulated ?? false, about, state: stateOf(row), mute: muteOf(row), count,
    firstAt: row.firstAt.toISOString(), lastAt: row.lastAt.toISOString(), raisedAt: row.raisedAt.toISOString(), ...frameworksOf(row),
  };
}

function stateOf(row: Row): AlertState {
  switch (row.state) {
    case 'open': return { kind: 'open' };
    case 'acknowledged': return { kind: 'acknowledged', at: row.acknowledgedAt!.toISOString(), by: row.acknowledgedBy! };
    case 'assigned': return { kind: 'assigned', at: row.assignedAt!.toISOString(), by: row.assignedBy!, to: { id: row.assignedTo!, name: row.assignedName ?? row.assignedTo! } };
    case 'closed': return { kind: 'closed', at: row.closedAt!.toISOString(), by: row.closedBy!, as: row.closedAs!, note: row.note };
  }
}

const muteOf = ({ muteId, muteUntil, muteBy, muteWhy }: Row): MuteView | null => (muteId === null ? null : { id: muteId, until: muteUntil!.toISOString(), by: muteBy!, why: muteWhy! });
