import { alertTitle, severityWords } from '@/components/alerts/words';
import type { NowRow, NowSection } from '@/components/now/view';
import { actorWords, orderTitle } from '@/components/switches/scope-words';
import type { NamedOrder } from '@/components/switches/view';
import type { alertedSessions, ownAlerts } from '@/lib/alerts';
import type { ApprovalSummary } from '@/lib/approvals';
import type { Actor } from '@/lib/context';
import type { DeadManView } from '@/lib/dead-man/schema';
import type { DetectorAlertView } from '@/lib/detectors/schema';
import { isFailed } from '@/lib/drills/rules';
import type { DrillStanding, DrillView } from '@/lib/drills/schema';
import type { PendingRequest } from '@/lib/pending';
import type { SessionSummary } from '@/lib/sessions';
import { shortId } from '@/lib/protocol/ids';
import { isUnconfirmed } from '@/lib/switches/rules';
import { mayDecide } from './approvals/may-decide';

/** Now shows five; the rest is one press away. */
const SHOWN = 5;
const weight = { critical: 0, high: 1, medium: 2, low: 3 } as const;

type AlertedSession = Awaited<ReturnType<typeof alertedSessions>>[number];
type OwnAlert = Awaited<ReturnType<typeof ownAlerts>>[number];
type Input = { orders: readonly NamedOrder[]; waiting: readonly ApprovalSummary[]; /** How much waits on them in all, of which `waiting` may be a part. */ waits?: number; lost: readonly SessionSummary[]; pending?: readonly PendingRequest[]; alerts?: readonly DetectorAlertView[]; alerted?: readonly AlertedSession[]; own?: readonly OwnAlert[]; drills?: DrillStanding; deadMen?: readonly (DeadManView & { name: string })[] };

/** What needs this person, the most pressing first: what is stopped or out of touch, then what waits on them. Empty parts are left out. */
export function nowSections(person: Extract<Actor, { kind: 'person' }>, { orders, waiting, waits = waiting.length, lost, pending = [], alerts = [], alerted = [], own = [], deadMen = [], drills }: Input): NowSection[] {
  const mine = waiting.filter((approval) => mayDecide(person, approval).approve);
  const pressing = [...mine].sort((a, b) => weight[a.risk] - weight[b.risk] || (a.decideBy < b.decideBy ? -1 : 1)).slice(0, SHOWN);
  // What may still be running comes before what is known to stand still.
  const stopped = [...[...orders].sort((a, b) => Number(isUnconfirmed(b.order)) - Number(isUnconfirmed(a.order))).map(orderRow), ...lost.slice(0, SHOWN).map(lostRow)];
  return [
    ...(stopped.length > 0 ? [{ title: 'Stopped or out of touch', rows: stopped }] : []),
    ...(drills?.last && isFailed(drills.last) ? [{ title: 'Where the stop did not hold', rows: [failedDrillRow(drills.last)] }] : []),
    ...(deadMen.length > 0 ? [{ title: 'Fires unless somebody is here', rows: deadMen.slice(0, SHOWN).map(deadManRow) }] : []),
    ...(pending.length > 0 ? [{ title: 'Asked for by your tokens', rows: pending.slice(0, SHOWN).map(pendingRow) }] : []),
    ...(pressing.length > 0 ? [{ title: 'Waiting on you', rows: pressing.map(approvalRow), ...(waits > SHOWN ? { all: { href: '/approvals', words: `All ${waits.toLocaleString('en')}` } } : {}) }] : []),
    ...(alerted.length > 0 ? [{ title: 'Sessions with open alerts', rows: alerted.slice(0, SHOWN).map(alertedRow), all: { href: '/alerts', words: 'All alerts' } }] : []),
    ...(own.length > 0 ? [{ title: 'Where people are not reached', rows: own.slice(0, SHOWN).map(ownAlertRow) }] : []),
    ...(alerts.length > 0 ? [{ title: 'Left to a person', rows: alerts.slice(0, SHOWN).map(alertRow) }] : []),
    // Last, and never a failure: only that nobody has looked for a while.
    ...(drills?.overdue && drills.running === null ? [{ title: 'To be kept up', rows: [overdueDrillRow(drills)] }] : []),
  ];
}

function orderRow({ order, name }: NamedOrder): NowRow {
  return {
    id: order.id, href: `/switches/${order.id}`, act: 'Open', when: { kind: 'for', since: order.issuedAt }, mark: { kind: 'glyph', name: order.kind === 'pause' ? 'doing' : 'stop', ...(order.kind === 'stop' ? { tone: 'stop' as const } : {}) },
    sentence: [{ text: `${orderTitle(order, name)} is ${order.kind === 'pause' ? 'paused' : 'stopped'}${isUnconfirmed(order) ? ', but not confirmed in time: some of it may still be running' : ''}.` }],
    second: [{ text: `By ${actorWords(order.engagedBy)}${order.reason ? `: ${order.reason.slice(0, 120)}` : ''}. ${order.state.state === 'release_requested' ? 'A release was asked for and waits.' : isUnconfirmed(order) ? 'End it where it runs; the stop’s page says what that is.' : 'It stays until somebody releases it.'}` }],
  };
}

function deadManRow(deadMan: DeadManView & { name: string }): NowRow {
  return {
    id: deadMan.id, href: deadMan.scope === 'agent' ? `/agents/${deadMan.target}` : '/settings/stopping', act: 'Open', when: { kind: 'left', until: deadMan.firesAt }, mark: { kind: 'glyph', name: 'asked', tone: 'wait' },
    sentence: [{ text: `${deadMan.name} ${deadMan.action === 'stop' ? 'stops' : 'pauses'} unless somebody says that they are here.` }],
    second: [{ text: `${actorWords(deadMan.seenBy)} was here last.` }],
  };
}

function alertedRow({ sessionId, agentName, alerts, severity, alertId, lastAt, ...first }: AlertedSession): NowRow {
  return {
    id: `alerts of ${sessionId}`, href: alerts === 1 ? `/alerts/${alertId}` : `/alerts?session=${sessionId}`, act: 'Look', when: { kind: 'ago', at: lastAt }, mark: { kind: 'glyph', name: 'asked', ...(severity === 'critical' || severity === 'high' ? { tone: 'wait' as const } : {}) },
    sentence: [{ text: `${alertTitle(first)}, in session ${shortId(sessionId)} of ${agentName}.` }],
    second: [{ text: `${severityWords[severity]}${alerts === 1 ? '' : `, with ${alerts - 1} more`}.` }],
  };
}

function ownAlertRow({ id, about, severity, lastAt, ...first }: OwnAlert): NowRow {
  return {
    id, href: `/alerts/${id}`, act: 'Look', when: { kind: 'ago', at: lastAt }, mark: { kind: 'glyph', name: 'broken' },
    sentence: [{ text: first.kind === 'channel_failing' ? `The channel ${about} fails.` : `${alertTitle(first)}, ${about}.` }],
    second: [{ text: `${severityWords[severity]}. It closes by itself when something arrives there again.` }],
  };
}

function alertRow(alert: DetectorAlertView): NowRow {
  return {
    id: alert.id, href: '/switches#alerts', act: 'Look', when: { kind: 'ago', at: alert.raisedAt }, mark: { kind: 'glyph', name: 'asked', tone: 'wait' },
    sentence: [{ text: `The detector ${alert.detector} left ${alert.withheld.length + alert.more} ${alert.withheld.length + alert.more === 1 ? 'session' : 'sessions'} running.` }],
    second: [{ text: 'It has stopped as many as it may in a minute.' }],
  };
}

function failedDrillRow(drill: DrillView): NowRow {
  const { now } = drill;
  const interrupted = now.state === 'finished' && now.interrupted;
  return {
    id: drill.id, href: `/drills/${drill.id}`, act: 'Open', when: { kind: 'ago', at: now.state === 'finished' ? now.at : drill.askedAt }, mark: { kind: 'glyph', name: 'broken' },
    sentence: [{ text: interrupted ? 'The last drill was interrupted, so nobody knows whether a stop would hold.' : 'The last drill failed: a process was not stopped as it should be.' }], second: [{ text: now.state === 'finished' ? now.said : '' }],
  };
}

function overdueDrillRow({ last, lastRun, everyDays }: DrillStanding): NowRow {
  const notRun = last?.now.state === 'finished' && last.now.verdict === 'not_run';
  return {
    id: 'drill overdue', href: '/drills', act: 'Open', when: lastRun?.now.state === 'finished' ? { kind: 'ago', at: lastRun.now.at } : { kind: 'never' }, mark: { kind: 'glyph', name: 'todo' },
    sentence: [{ text: lastRun ? 'The drill of the stop is overdue.' : 'The stop has never been drilled.' }],
    second: [{ text: notRun && last.now.state === 'finished' ? `The last one could not be run: ${last.now.said}` : `It should be run every ${everyDays} days.` }],
  };
}

function lostRow(session: SessionSummary): NowRow {
  return {
    id: session.id, href: `/sessions/${session.id}`, act: 'Open', when: { kind: 'for', since: session.lastEventAt ?? session.openedAt }, mark: { kind: 'hatch' },
    sentence: [{ text: `${session.agentName}, session ${session.shortId}, is not connected.` }], second: [{ text: session.purpose.slice(0, 160) }],
  };
}

function pendingRow(request: PendingRequest): NowRow {
  return {
    id: request.id, href: `/pending/${request.id}`, act: 'Finish', when: { kind: 'left', until: request.expiresAt }, mark: { kind: 'glyph', name: 'asked', tone: 'wait' },
    sentence: [{ text: request.kind === 'approval_decision' ? 'An approval waits for your passkey.' : 'A release waits for your passkey.' }],
    second: [{ text: `Asked for by ${request.tokenName ? `the token ${request.tokenName.slice(0, 100)}` : 'a token of yours'}.` }],
  };
}

function approvalRow(approval: ApprovalSummary): NowRow {
  return {
    id: approval.id, href: `/approvals/${approval.id}`, act: 'Review', when: { kind: 'left', until: approval.decideBy }, mark: { kind: 'glyph', name: approval.tainted ? 'untrusted' : 'asked', tone: approval.tainted ? 'taint' : 'wait' },
    sentence: [{ text: approval.title.length > 240 ? `${approval.title.slice(0, 160)} … ${approval.title.slice(-60)}` : approval.title }],
    second: [{ text: `${approval.agentName} · ${approval.risk}${approval.tainted ? ' · untrusted arguments' : ''}` }],
  };
}
