import { collapseMiddle } from '@/components/ui/collapse-middle';
import type { Sentence } from '@/components/ui/sentence';
import type { ApprovalCardView, ApprovalRow, ApprovalState, NearbyStep, Precedent, QueueGroupRow, SignatureSlot } from '@/components/approvals/view';
import { sayDay, sayFor } from '@/components/ui/say-time';
import { aloneBecause, holds, type ApprovalDetail, type ApprovalSummary, type QueueGroup, type QueueRow, type Usual } from '@/lib/approvals';
import { askedGroups, codeCounts, groupName, groupWords, nextTier, stillNeeded, tiersReached, tierTimes } from '@/lib/approvals/rules';
import { callSentence, CONSTRAINED_RULE } from '@/lib/policies';
import type { RegistryTool } from '@/lib/protocol/registry';
import { eventWords } from '../sessions/event-sentence';
import { argumentViews, type Sources } from './argument-views';
import { changedView } from './changed-view';
import { consequenceOf, weigh } from './consequence';
import type { MayDecide } from './may-decide';
import { rawJson } from './raw-json';
import { unusualLines } from './unusual';

/** What the card needs besides the approval itself. */
export type CardFacts = { tool: RegistryTool | undefined; domains: readonly string[]; usual: Usual; sources: Sources; may: MayDecide; /** Whether this person may take the question back. */ own?: boolean; sessionStopped: boolean };

export function approvalState(approval: ApprovalSummary, sessionStopped = false): ApprovalState {
  const at = approval.decidedAt ?? approval.requestedAt;
  switch (approval.state) {
    case 'pending': return { kind: 'pending' };
    case 'partially_approved': return { kind: 'partially_approved' };
    case 'approved': return { kind: 'approved', at, useBy: approval.useBy ?? at };
    case 'used': return { kind: 'used', at: approval.usedAt ?? at };
    case 'unused_expired': return { kind: 'unused_expired', at: approval.useBy ?? at };
    case 'denied': return { kind: 'denied', at, by: approval.decidedBy ?? 'somebody', ...(approval.decisionReason ? { reason: approval.decisionReason } : {}), ...(sessionStopped ? { sessionStopped } : {}) };
    case 'expired': return { kind: 'expired', at: approval.decideBy };
    case 'cancelled': return { kind: 'cancelled', at, cause: cancelCause(approval.cancelReason) };
  }
}

const cancelCause = (reason: string | null) => (reason === 'session_ended' || reason === 'withdrawn' || reason === 'superseded' || reason === 'unproven' ? reason : 'stopped');

/** A line of the queue. */
export function approvalRow(approval: ApprovalSummary & Partial<Pick<QueueRow, 'group' | 'shape' | 'revision'>>, may: MayDecide, now = new Date()): ApprovalRow {
  const needed = approval.route.groups.reduce((sum, group) => sum + group.quorum, 0);
  return {
    id: approval.id, title: [{ text: approval.title }], agent: approval.agentName, risk: approval.risk, tainted: approval.tainted, state: approvalState(approval), decideBy: approval.decideBy, yours: may.approve,
    requestedAt: approval.requestedAt, decidedAt: approval.decidedAt, digest: approval.digest, ...(approval.group !== undefined && { group: approval.group }),
    alone: may.approve ? aloneBecause({ risk: approval.risk, route: approval.route, shape: approval.shape ?? null, revision: approval.revision ?? 1 }) : may.because,
    notes: [...(approval.unmet === null || approval.decidedAt !== null ? [] : ['too few may decide']), ...(needed > 1 ? [`${approval.signed} of ${needed} signed`] : []), ...(may.approve || approval.decidedAt !== null ? [] : [`${[...new Set(askedGroups({ ...approval, requestedAt: new Date(approval.requestedAt) }, now).map(groupName))].join(' or ')} decides`])],
  };
}

/** Many alike as one line. */
export const groupRow = ({ key, title, agentName, tool, rules, count, yours, risk, decideBy }: QueueGroup): QueueGroupRow => ({ key, title, agent: agentName, tool, rules, count, yours, risk, decideBy });

/** Everything on the card, in the order in which a person decides. */
export function approvalCard(detail: ApprovalDetail, { tool, domains, usual, sources, may, own = false, sessionStopped }: CardFacts, now = new Date()): ApprovalCardView {
  const tainted = new Set(detail.findings.flatMap((finding) => (finding.kind === 'untrusted_argument' && finding.path !== undefined ? [finding.path] : [])));
  const args = detail.args ?? {};
  const call = tool && detail.args ? callSentence(tool, args) : undefined;
  const changed = changedView(detail);
  const order = argumentOrder(tool);
  const views = argumentViews(args, detail.provenance, tainted, sources, order, { unlike: detail.behaviour?.arguments, asWritten: detail.hiddenSecrets === 0 });
  const weighed = weigh({ tool, args, domains, tainted: detail.tainted, firstTime: usual.calls === 0, constrained: detail.ruleIds.includes(CONSTRAINED_RULE) });
  return {
    id: detail.id, state: approvalState(detail, sessionStopped), decideBy: detail.decideBy, waitingSince: detail.requestedAt, risk: detail.risk, digest: detail.digest,
    title: titleParts(call?.title ?? detail.title, views.filter((view) => view.untrusted?.some(([start, end]) => start === 0 && end === view.text.length)).map((view) => view.text)),
    session: {
      id: detail.session.id, shortId: detail.session.shortId, agent: detail.agentName, state: sessionState(detail.session.state),
      ...(detail.session.lostAt ? { lostSince: detail.session.lostAt } : {}), enforcement: detail.session.enforcement === 'enforced' ? 'enforced' : 'cooperative',
    },
    marks: weighed.marks, rule: { sentence: detail.sentence, id: detail.ruleIds.join(', '), policyVersion: detail.policyVersion },
    arguments: detail.args === null ? [{ path: '', name: 'arguments', text: `${erasedWords(detail)} Nothing that cannot be read should be approved.` }] : views,
    ...(detail.hiddenSecrets > 0 && detail.argsPayloadId ? { hiddenSecrets: { payloadId: detail.argsPayloadId, of: 'the arguments', count: detail.hiddenSecrets } } : {}),
    ...(changed && { changed }),
    unusual: unusualLines(detail.behaviour, usual, call?.destination), consequence: consequenceOf(tool, call, weighed),
    rawJson: rawJson({ tool: detail.tool, args: detail.args }), ...(detail.rationale ? { agentWords: detail.rationale } : {}),
    precedents: detail.precedents.map(precedent), nearby: nearbySteps(detail, sources), signatures: signatureSlots(detail, may, now), ...(upNext(detail, now) && { next: upNext(detail, now) }), ...(own && { own: true as const }), may: cardMay(detail, may, views),
  };
}

const erasedWords = ({ erased }: ApprovalDetail) => (erased ? `Erased on ${sayDay(erased.at)} by ${erased.by}: “${erased.why}”` : 'They cannot be read.');

const sessionState = (state: string) => (state === 'open' || state === 'lost' || state === 'paused' || state === 'stopped' ? state : 'closed');

/** At critical risk nothing that is folded away may go unread. */
function cardMay(detail: ApprovalDetail, may: MayDecide, views: ApprovalCardView['arguments']): ApprovalCardView['may'] {
  if (!may.approve) return may;
  if (detail.args === null) return { approve: false, deny: true, because: 'Its arguments cannot be read, so nobody can know what they would approve. You can deny it.' };
  const folded = detail.risk === 'critical' ? views.filter((view) => collapseMiddle(view.text) !== null).map((view) => view.path) : [];
  return { approve: true, stepUp: detail.route.stepUp, ...(codeCounts(detail.route) && { byCode: true }), reasonRequired: detail.route.reasonRequired, mustOpen: folded };
}

/** Where it goes first, then what goes there: the order of the tool's own sentences. */
export function argumentOrder(tool: RegistryTool | undefined): string[] {
  const { destination = '', object = '', title = '' } = tool?.display ?? {};
  return [...new Set([...`${destination} ${object} ${title}`.matchAll(/\{([A-Za-z_][A-Za-z0-9_]*)/g)].map((match) => match[1]!))];
}

/** The sentence with every value that came whole from outside marked in its place. */
export function titleParts(title: string, untrusted: readonly string[]): Sentence {
  const values = [...new Set(untrusted)].filter((value) => value.length >= 3).sort((a, b) => b.length - a.length);
  const parts: { text: string; untrusted?: boolean }[] = [];
  let plain = '';
  for (let index = 0; index < title.length;) {
    const value = values.find((one) => title.startsWith(one, index));
    if (!value) {
      plain += title[index];
      index += 1;
      continue;
    }
    if (plain) parts.push({ text: plain });
    plain = '';
    parts.push({ text: value, untrusted: true });
    index += value.length;
  }
  return plain ? [...parts, { text: plain }] : parts;
}

function precedent(one: ApprovalDetail['precedents'][number]): Precedent {
  return {
    id: one.id, at: one.requestedAt, summary: one.title, by: one.decidedBy ?? 'nobody', verdict: one.state === 'denied' ? 'denied' : one.state === 'expired' ? 'expired' : 'approved',
    ...(one.decidedAt && one.decidedBy ? { took: sayFor(Date.parse(one.decidedAt) - Date.parse(one.requestedAt), true) } : {}),
  };
}

/** Five events around the question: what led to it, it itself, and what came after. */
function nearbySteps(detail: ApprovalDetail, sources: Sources): NearbyStep[] {
  const around = detail.nearby.filter((event) => event.type !== 'approval.requested' && event.type !== 'action.started' && event.type !== 'action.permitted' && event.type !== 'payload.read');
  const here = around.findIndex((event) => event.seq === detail.seq);
  const from = Math.max(0, Math.min(here - 3, around.length - 5));
  return around.slice(from, from + 5).map((event): NearbyStep => {
    const { sentence, verdict } = eventWords(event);
    const data = event.data as { findings?: { kind: string }[]; trusted?: boolean };
    // A tool's answer is a source once its text turns up in an argument, as on the session's page.
    const isSource = Object.hasOwn(sources, event.seq);
    // The second half of a sentence, such as why something was denied, is in the session; what a source said is the point here.
    const words = sentence.filter((part) => !part.quiet || event.type === 'input.added').map((part) => part.text).join('').trim();
    return {
      seq: event.seq, step: event.seq, summary: event.type === 'input.added' || event.type === 'action.finished' ? begun(words) : cut(words), ...(event.seq === detail.seq ? { here: true } : {}),
      tainted: isSource || data.trusted === false || (data.findings ?? []).some((finding) => finding.kind === 'untrusted_argument'),
      ...(verdict === 'allow' || verdict === 'deny' || verdict === 'ask' || verdict === 'untrusted' ? { verdict } : isSource && event.type === 'action.finished' ? { verdict: 'untrusted' } : {}),
    };
  });
}

/** What a source said is told apart by its beginning; what a call would do by both its ends. */
const begun = (text: string) => (text.length > 64 ? `${text.slice(0, 60)} …` : text);
const cut = (text: string) => (text.length > 140 ? `${text.slice(0, 80)} … ${text.slice(-50)}` : text);

function signatureSlots(detail: ApprovalDetail, may: MayDecide, now: Date): SignatureSlot[] {
  const { route } = detail;
  const signed = detail.signatures.filter((one) => one.verdict === 'approve');
  const open = detail.state === 'pending' || detail.state === 'partially_approved';
  const asked = { route, tier: detail.tier, requestedAt: new Date(detail.requestedAt) };
  if (!open) return [policySlot(detail), ...signed.map((one) => signedSlot(one, detail))];
  const next = upNext(detail, now);
  const escalates = next ? { escalatesTo: next.to, escalatesAt: next.at } : {};
  // Those asked first, and in their place whoever it has gone up to.
  const first = stillNeeded({ ...asked, tier: 0, route: { ...route, escalation: [] } }, signed, holds, now);
  const tiers = tierTimes(asked).slice(0, tiersReached(asked, now));
  return [
    policySlot(detail), ...signed.map((one) => signedSlot(one, detail)),
    ...(detail.unmet === null ? [] : [{ kind: 'unmet', sentence: detail.unmet } as const]),
    ...first.map((group, index): SignatureSlot => ({ kind: 'open', who: groupName(group), needed: group.quorum, yours: may.approve, ...(index === first.length - 1 && tiers.length === 0 ? escalates : {}) })),
    ...tiers.map(({ groups }, index): SignatureSlot => ({ kind: 'open', who: tierNeeds(stillNeeded({ ...asked, tier: 0, route: { groups, escalation: [] } }, signed, holds, now)), needed: 1, instead: true, yours: may.approve, ...(index === tiers.length - 1 ? escalates : {}) })),
  ];
}

/** Where those who signed before are enough for it, somebody still has to say so. */
const tierNeeds = (needed: Parameters<typeof groupWords>[0]) => (needed.length === 0 ? 'one more yes of anyone asked, as enough have signed' : groupWords(needed));
const policySlot = (detail: ApprovalDetail): SignatureSlot => ({ kind: 'policy', version: detail.policyVersion, route: detail.route.routes.join(', '), at: detail.requestedAt });
const signedSlot = (one: ApprovalDetail['signatures'][number], { changes }: ApprovalDetail): SignatureSlot => ({ kind: 'signed', by: one.name, at: one.at, via: [...one.roles, ...one.teams, ...one.onCall.map((name) => `${name} on call`)].join(', '), ...(changes.at(-1)?.kind === 'narrowing' && changes.at(-1)?.byId === one.personId && { narrowed: true }) });

/** To whom it goes next and when, as long as there is time; `tier` from 1, as sending it there by hand names it. */
function upNext(detail: ApprovalSummary, now: Date): ApprovalCardView['next'] {
  const next = nextTier({ route: detail.route, tier: detail.tier, requestedAt: new Date(detail.requestedAt) }, now);
  return next && next.at < new Date(detail.decideBy) ? { tier: next.index + 1, to: groupWords(next.groups), at: next.at.toISOString() } : undefined;
}
