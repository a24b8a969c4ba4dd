import { z } from 'zod';
import { verbs, type roleMatrix, type signInHistory } from '@/lib/access';
import { signInMethods, type OwnRoleView, type PersonInFull, type TeamView } from '@/lib/access/schema';
import type { AgentView } from '@/lib/agents';
import { grantSchema } from '@/lib/agents/schema';
import { actOutcomes, closeReasons, type AlertDetail, type AlertView, type RuleLabels } from '@/lib/alerts/schema';
import type { ApprovalSummary } from '@/lib/approvals';
import { approvalStates, askedRouteSchema } from '@/lib/approvals/schema';
import { roles, type Role } from '@/lib/context';
import type { readDump } from '@/lib/dumps';
import { rotatableNames } from '@/lib/keys/rules';
import type { KeyView } from '@/lib/keys/schema';
import { catalogue, type CheckpointView, type LoggedEvent } from '@/lib/log';
import { changeStepSchema } from '@/lib/narrowing/schema';
import type { eraseSession, revealPayload } from '@/lib/payloads';
import { alertActs, alertSeverities } from '@/lib/policies/schema';
import { redeemRefusals } from '@/lib/protocol/redeem';
import { exitEvidences } from '@/lib/protocol/supervisor';
import { sessionStates } from '@/lib/sessions/schema';
import type { liftConstraint } from '@/lib/sessions';
import type { SessionSummary } from '@/lib/sessions/schema';
import type { endHold } from '@/lib/switches';
import { rowActorSchema, switchKinds, orderScopes, pendingReleaseSchema, targetStates, type OrderDetail, type OrderView, type StoppedByKey } from '@/lib/switches/schema';

// The answers as the interface's description gives them. `satisfies` holds each to the view that the verb really returns, so that
// neither can move alone; the tests read real answers by them.
const text = z.string();
const time = z.iso.datetime({ offset: true });
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable();

export const agentAnswer = z.object({
  id: text, name: text, description: text, state: z.union([z.object({ kind: z.literal('active') }), z.object({ kind: z.literal('disabled'), since: time })]), enforced: z.boolean(), simulated: z.boolean(),
  createdAt: time, capabilities: z.array(grantSchema), openSessions: z.int(), instances: z.int(), lastSeenAt: orNull(time),
}) satisfies z.ZodType<AgentView>;

export const agentMadeAnswer = z.object({ clientId: text, clientSecret: text.describe('shown once, here'), name: text });

export const sessionAnswer = z.object({
  id: text, shortId: text, agentId: text, agentName: text, instanceId: text, instanceName: text, state: z.enum(sessionStates), enforcement: z.enum(['enforced', 'cooperative']), purpose: text, simulated: z.boolean(),
  principal: orNull(z.object({ type: text, id: text, name: orNull(text), verified: z.boolean() })), openedAt: time, endedAt: orNull(time), outcome: orNull(text), untrustedSeen: z.boolean(),
  constrained: orNull(z.object({ by: z.enum(['input', 'result', 'output', 'rule']), detector: text, kind: text, seq: z.int(), rule: text.optional() })).describe('why the session is held to less: what a detector saw, at which of its events'),
  actions: z.int(), asked: z.int(), denied: z.int(), pending: z.int(), lastEventAt: orNull(time), lastSeq: z.int(),
}) satisfies z.ZodType<SessionSummary>;

const actor = z.object({ kind: text, id: text, name: text.optional(), via: text.optional() });
const actorKind = z.enum(['person', 'service_account', 'agent', 'supervisor', 'control_key', 'host', 'system']);
export const eventAnswer = z.object({
  id: text, stream: text, seq: z.int(), type: text, actor: actor.extend({ kind: actorKind }), data: z.record(text, z.unknown()), recordedAt: time, receivedAt: time.optional(), occurredAt: text.optional(),
  hash: text.describe('SHA-256(hash of the event before, as bytes, followed by the canonical JSON of this event without its hash), in hex'),
}) satisfies z.ZodType<LoggedEvent>;

export const approvalAnswer = z.object({
  id: text, actionId: text, sessionId: text, agentId: text, agentName: text, tool: text, title: text, state: z.enum(approvalStates), cancelReason: orNull(text), risk: z.enum(['low', 'medium', 'high', 'critical']),
  tainted: z.boolean(), route: askedRouteSchema, requestedAt: time, decideBy: time, useBy: orNull(time), decidedAt: orNull(time), decidedBy: orNull(text), decisionReason: orNull(text), usedAt: orNull(time),
  signed: z.int(), signedBy: z.array(text), enough: z.boolean().describe('enough have signed since a tier was reached: one more yes grants it, also of one of them'), authors: z.array(text), digest: text.describe('of the arguments; give it back with the decision'), ownerId: orNull(text), principalType: orNull(text), principalId: orNull(text), principalVerified: z.boolean(), tier: z.int().describe('how many tiers of its escalation were taken'), unmet: orNull(text).describe('why nobody can meet what is asked, where nobody can'),
}) satisfies z.ZodType<ApprovalSummary>;

/** Besides the summary: the decoded arguments, where each came from, the rule's sentence, who has signed. */
export const approvalDetailAnswer = approvalAnswer.extend({
  sentence: text, ruleIds: z.array(text), policyVersion: text, revision: z.int(), args: orNull(z.record(text, z.unknown())), provenance: z.record(text, z.unknown()), findings: z.array(z.unknown()),
  hiddenSecrets: z.int().describe('how many detected secrets are hidden in args'), erased: orNull(z.object({ at: time, by: text, why: text })).describe('when, on whose word and why args were erased'),
  rationale: orNull(text).describe('written by the agent, not verified'), seq: z.int(), session: z.looseObject({ id: text, state: text }),
  signatures: z.array(z.object({ personId: text, name: text, verdict: z.enum(['approve', 'deny']), at: time, reason: orNull(text), roles: z.array(text), teams: z.array(text) })),
});

export const decisionAnswer = z.object({ id: text, state: z.enum(approvalStates), stillNeeded: z.array(text), useBy: orNull(time), digest: text, changed: z.object({ kind: z.enum(['narrowing', 'replacement']), steps: z.array(changeStepSchema), counted: z.boolean() }).optional() });
export const withdrawnAnswer = z.object({ id: text, state: z.literal('cancelled') });

const named = z.array(z.object({ id: text, name: text }));
const muteView = z.object({ id: text, until: time, by: actor.extend({ kind: actorKind }), why: text });
export const alertAnswer = z.object({
  id: text, rule: text, severity: z.enum(alertSeverities), act: z.enum(alertActs), detector: text, kind: text, agentId: orNull(text), agentName: orNull(text), sessionId: orNull(text), sessionShortId: orNull(text), sessionState: orNull(text), simulated: z.boolean(),
  about: orNull(text).describe('what it is about where that is no session but this installation itself, e.g. a notification channel that fails'),
  state: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('open') }), z.object({ kind: z.literal('acknowledged'), at: time, by: actor.extend({ kind: actorKind }) }),
    z.object({ kind: z.literal('assigned'), at: time, by: actor.extend({ kind: actorKind }), to: z.object({ id: text, name: text }) }),
    z.object({ kind: z.literal('closed'), at: time, by: actor.extend({ kind: actorKind }), as: z.enum(closeReasons), note: orNull(text) }),
  ]),
  mute: orNull(muteView), count: z.int().describe('findings'), firstAt: time, lastAt: time, raisedAt: time, atlas: named.describe('MITRE ATLAS'), owasp: named.describe('OWASP Top 10 for Agentic Applications'),
}) satisfies z.ZodType<AlertView>;
export const alertDetailAnswer = alertAnswer.extend({
  evidence: z.array(z.object({ seq: z.int(), type: text, at: time, severity: text, path: text.optional(), span: z.tuple([z.number(), z.number()]).optional(), times: z.int() })).describe('where in the session’s record it was seen: the first five places and the last twenty; never the text'),
  acts: z.array(z.object({ act: z.enum(alertActs), seq: z.int(), dueAt: time, doneAt: orNull(time), outcome: orNull(z.enum(actOutcomes)), orderId: orNull(text) })).describe('what its rule did at once'),
  previous: orNull(z.object({ id: text, as: orNull(z.enum(closeReasons)) })),
}) satisfies z.ZodType<AlertDetail>;
export const acknowledgedAnswer = z.object({ alertId: text, state: z.literal('acknowledged') });
export const assignedAnswer = z.object({ alertId: text, state: z.literal('assigned'), to: text });
export const closedAnswer = z.object({ alertId: text, state: z.literal('closed'), as: z.enum(closeReasons) });
export const alertLabelsAnswer = z.object({ days: z.int(), rules: z.array(z.object({ rule: text, detector: text, kind: text, true: z.int(), benign: z.int(), duplicate: z.int(), unlabelled: z.int() }) satisfies z.ZodType<RuleLabels>) });

export const orderAnswer = z.object({
  id: text, kind: z.enum(switchKinds), scope: z.enum(orderScopes), target: orNull(text), environment: orNull(text), reason: orNull(text), drill: z.boolean(), issuedAt: time, engagedBy: rowActorSchema, generation: z.int(),
  signed: z.boolean(), orderJws: orNull(text),
  state: z.union([z.object({ state: z.literal('engaged') }), z.object({ state: z.literal('release_requested'), at: text, pending: pendingReleaseSchema }), z.object({ state: z.literal('released'), at: text, epoch: z.number() })]),
  matched: orNull(z.object({ sessions: z.int(), instances: z.int(), approvals: z.int() })), fencedAt: orNull(time), confirmedAt: orNull(time), unconfirmedAt: orNull(time).describe('when the time for confirming it was over and something still was not'),
  holdUntil: time.optional().describe('in the answer to engaging alone: until when new sessions of the agent are held with it'),
}) satisfies z.ZodType<OrderView>;
export const orderDetailAnswer = z.object({
  order: orderAnswer,
  targets: z.array(z.object({
    sessionId: text, instanceId: text, state: z.enum(targetStates), evidence: orNull(text), at: time,
    times: z.object({ ordered: time, fenced: orNull(time), acknowledged: orNull(time), exited: orNull(time), leaseLapsed: orNull(time), unreachable: orNull(time) }),
    confirmedAt: orNull(time).describe('when what is known proved that it has stopped'), supervised: z.boolean().describe('a supervisor is to end its process, so the agent’s own word proves nothing'), exitEvidence: orNull(z.enum(exitEvidences)),
  })),
  hold: orNull(z.object({ id: text, agentId: text, orderId: text, placedBy: rowActorSchema, placedAt: time, until: time, endedAt: orNull(time), endedBy: orNull(rowActorSchema) })).describe('that new sessions of the agent are, or were, held with it'),
  counts: z.record(z.enum(targetStates), z.int()), outstandingPermits: z.array(z.object({ tool: text, until: time, startedAt: orNull(time), sessionId: text, actionId: text })),
  propagation: z.object({ fenceMs: orNull(z.number()), p50Ms: orNull(z.number()), p99Ms: orNull(z.number()) }),
}) satisfies z.ZodType<OrderDetail>;
export const orderWrapped = z.object({ order: orderAnswer });

export const endedHoldAnswer = z.object({ agentId: text, ended: z.int() }) satisfies z.ZodType<Awaited<ReturnType<typeof endHold>>>;

export const stoppedByKeyAnswer = z.object({ order: z.object({ id: text, scope: z.enum(orderScopes) }), standing: z.boolean().describe('it was engaged before'), durability: z.enum(['database', 'journal']) }) satisfies z.ZodType<StoppedByKey>;

export const redeemedAnswer = z.object({ actionId: text });

export const checkpointAnswer = z.object({ index: z.int(), id: text, at: time, treeSize: z.int(), root: text, previous: text, hash: text, jws: text }) satisfies z.ZodType<CheckpointView>;

const personState = z.enum(['active', 'deactivated']);
const role = z.enum(roles) satisfies z.ZodType<Role>;
export const personAnswer = z.object({
  id: text, email: text, name: text, roles: z.array(role), ownRoles: z.array(text), teams: z.array(text), state: personState, hasPassword: z.boolean(), passkeys: z.int(), createdAt: time, lastSeenAt: orNull(time),
  identities: z.array(z.object({ id: text, issuer: text, email: orNull(text), createdAt: time, lastUsedAt: orNull(time) })),
  invitation: z.union([z.object({ kind: z.literal('none') }), z.object({ kind: z.literal('open'), expiresAt: time }), z.object({ kind: z.literal('over') })]),
  managedBy: orNull(text).describe('the provider whose groups give roles and teams'),
}) satisfies z.ZodType<PersonInFull>;

export const teamAnswer = z.object({ id: text, name: text, description: text, createdAt: time, members: z.array(z.object({ id: text, name: text, email: text, state: personState })) }) satisfies z.ZodType<TeamView>;

const verb = z.enum(verbs);
export const rolesAnswer = z.object({
  verbs: z.array(z.object({ verb, least: role, roles: z.array(role) })) satisfies z.ZodType<ReturnType<typeof roleMatrix>>,
  own: z.array(z.object({ name: text, description: text, verbs: z.array(verb), createdAt: time, changedAt: time, holders: z.int() })) satisfies z.ZodType<OwnRoleView[]>,
}).describe('which built-in role may do what, and the roles of the organisation’s own');

const signInEnd = z.union([z.object({ kind: z.literal('live') }), z.object({ kind: z.literal('ended'), at: time, why: orNull(text) }), z.object({ kind: z.literal('idle'), at: time }), z.object({ kind: z.literal('expired'), at: time })]);
export const signInsAnswer = z.object({
  person: z.object({ id: text, name: text, email: text }), days: z.int().describe('how far back'), more: z.boolean().describe('there were too many to answer'),
  entries: z.array(z.union([
    z.object({ kind: z.literal('signed_in'), id: text, at: time, method: z.enum(signInMethods), ip: orNull(text), userAgent: orNull(text), device: z.enum(['first_time', 'again', 'none']), end: signInEnd }),
    z.object({ kind: z.literal('refused'), id: text, at: time, ip: orNull(text), why: catalogue['person.sign_in_refused'].shape.why }),
  ])),
}) satisfies z.ZodType<Awaited<ReturnType<typeof signInHistory>>>;

export const keyAnswer = z.object({
  name: z.enum(rotatableNames), kid: text, state: z.enum(['signs', 'waits', 'verifies']), createdAt: time, signsFrom: orNull(time), overlapUntil: orNull(time), uses: z.int(), firstUsedAt: orNull(time), lastUsedAt: orNull(time),
  publicKey: orNull(text).describe('of keys that others pin'),
}) satisfies z.ZodType<KeyView>;

export const dumpAnswer = z.object({
  dump: z.object({ sessionId: text, orderId: text, stoppedAt: time, state: z.literal('written'), at: time, afterMs: z.number(), payloadId: text, mac: text.describe('HMAC of the canonical bytes, as in the event session.dumped'), bytes: z.int(), toSeq: z.int().describe('the last event of the session that it covers') }),
  content: z.union([z.object({ kind: z.literal('text'), value: z.unknown(), hidden: z.int() }), z.object({ kind: z.literal('erased'), at: time, by: text, why: text }), z.object({ kind: z.literal('unreadable') })]),
}) satisfies z.ZodType<Awaited<ReturnType<typeof readDump>>>;

export const unconstrainedAnswer = z.object({ sessionId: text }) satisfies z.ZodType<Awaited<ReturnType<typeof liftConstraint>>>;
export const erasureAnswer = z.object({ erasureId: text, sessionId: text }) satisfies z.ZodType<Awaited<ReturnType<typeof eraseSession>>>;
export const revealedAnswer = z.object({ value: z.unknown().describe('the text as it is, detected secrets and all') }) satisfies z.ZodType<Awaited<ReturnType<typeof revealPayload>>>;

export const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: orNull(text).describe('give it back as "after" for the next page; the Link header holds the whole address') });

export const problemAnswer = z.looseObject({
  type: text, title: text, status: z.int(), detail: text, code: z.enum(['invalid', 'unauthenticated', 'forbidden', 'not_found', 'conflict', 'lease_lapsed', 'held', 'rate_limited', 'unavailable', 'internal', 'step_up_required', ...redeemRefusals]),
  instance: text.optional(), issues: z.array(z.object({ path: text, message: text })).optional(), retryAfterMs: z.number().optional(),
});
