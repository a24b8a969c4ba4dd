import { z } from 'zod';

const text = z.string();
/** What a passkey signed, in full, so that anybody can verify it again. */
export const assertionSchema = z.object({
  passkeyId: text, credentialId: text, challengeId: text, purpose: text, objectId: text, digest: text, verdict: text, nonce: text,
  authenticatorData: text, clientDataJSON: text, signature: text,
});
export type Assertion = z.infer<typeof assertionSchema>;
/** That a one-time password was taken for exactly this, and not which. It can be verified by nobody. */
export const codeProofSchema = z.object({ kind: z.literal('totp'), challengeId: text, purpose: text, objectId: text, digest: text, verdict: text, nonce: text });
export type CodeProof = z.infer<typeof codeProofSchema>;
const order = z.object({ orderId: text, scope: text, target: text.nullable(), environment: text.nullable() });

export const switchEvents = {
  'switch.engaged': order.extend({ kind: text, reason: text.nullable(), drill: z.boolean(), generation: z.number() }),
  'switch.found': order.extend({ kind: text, generation: z.number() }),
  'switch.tokens_revoked': z.object({ orderId: text, agents: z.number() }),
  /** No new session of the agent opens until then; `ended`: sooner, by a person. */
  'switch.hold_placed': z.object({ holdId: text, agentId: text, orderId: text, until: text }),
  'switch.hold_ended': z.object({ agentId: text, holds: z.array(text), until: text }),
  'switch.reason_given': z.object({ orderId: text, reason: text }),
  'switch.signed': order.extend({ kid: text }),
  'switch.fenced': z.object({ orderId: text, generation: z.number(), gateways: z.array(z.object({ id: text, evidence: text })) }),
  'switch.unreachable': z.object({ orderId: text, sessions: z.number() }),
  'switch.confirmed': z.object({ orderId: text, sessions: z.number(), unreachable: z.number() }),
  'switch.release_requested': z.object({ orderId: text, checklist: z.array(text), notBefore: text.nullable(), assertion: assertionSchema.optional() }),
  'switch.release_seconded': z.object({ orderId: text, assertion: assertionSchema.optional() }),
  'switch.release_withdrawn': z.object({ orderId: text, why: text }),
  'switch.released': z.object({ orderId: text, epoch: z.number(), breakGlass: z.boolean(), /** By itself, because the drill that made it is over. */ drill: z.boolean().optional() }),
  'switch.forgery_found': z.object({ orderId: text, what: text }),
  /** The time for confirming it is over, and these are not. */
  'switch.unconfirmed': z.object({ orderId: text, sessions: z.number(), instances: z.array(text) }),
  'gateway.started': z.object({ gatewayId: text }),
  'gateway.closed': z.object({ gatewayId: text, why: text }),
} as const;

/** What machines stopped, or left to a person because they had stopped enough for a minute. */
export const watchEvents = {
  'detector.stopped': z.object({ detector: text, sessionId: text, orderId: text, reason: text, /** Where it was paused, and not stopped. */ kind: z.literal('pause').optional() }),
  'detector.alert_raised': z.object({ alertId: text, detector: text, sessionId: text, reason: text }),
  'detector.alert_acknowledged': z.object({ alertId: text, detector: text, withheld: z.number() }),
  'dead_man.armed': z.object({ deadManId: text, scope: text, target: text, action: text, afterMinutes: z.number() }),
  'dead_man.disarmed': z.object({ deadManId: text, scope: text, target: text }),
  'dead_man.fired': z.object({ deadManId: text, scope: text, target: text, action: text, orderId: text, lastSeenAt: text }),
} as const;

/** Rogue processes were stopped to see that stopping works. */
export const drillEvents = {
  'drill.started': z.object({ drillId: text, version: text, rogues: z.array(text) }),
  'drill.finished': z.object({
    drillId: text, verdict: text, interrupted: z.boolean(), said: text, fencedP50Ms: z.number().nullable(), fencedP99Ms: z.number().nullable(), confirmedP50Ms: z.number().nullable(), confirmedP99Ms: z.number().nullable(),
    rogues: z.array(z.object({ rogue: text, verdict: text, orderId: text.nullable(), fencedMs: z.number().nullable(), confirmedMs: z.number().nullable(), goneMs: z.number().nullable(), evidence: text.nullable() })),
  }),
} as const;

/** A stop hit something, or a rule found something so grave: whoever looks into incidents may want to open one. */
export const incidentEvents = {
  'incident.suggested': z.union([
    order.extend({ reason: text.nullable(), sessions: z.number() }),
    z.object({ rule: text, detector: text, kind: text, severity: text, sessionId: text, seq: z.number() }),
  ]),
} as const;

/** What a person left to whoever came next, in full. */
export const handoverEvents = {
  'handover.written': z.object({ handoverId: text, from: text, to: text, text }),
} as const;

export const agentEvents = {
  'agent.supervisor_key_created': z.object({ keyId: text, name: text, agentId: text, environment: text }),
  'agent.supervisor_key_revoked': z.object({ keyId: text, name: text, agentId: text }),
  'supervisor.connected': z.object({ agentId: text, instanceId: text, pid: z.number(), containment: text.nullable() }),
  'supervisor.exited': z.object({ agentId: text, instanceId: text, orderId: text.nullable(), evidence: text, exitedAt: text, code: z.number().nullable(), signal: text.nullable() }),
  'agent.created': z.object({ agentId: text, name: text, enforced: z.boolean(), simulated: z.boolean(), capabilities: z.array(z.object({ toolset: text, operations: z.array(text), scope: text })) }),
  'agent.capabilities_changed': z.object({ agentId: text, capabilities: z.array(z.object({ toolset: text, operations: z.array(text), scope: text })) }),
  'agent.disabled': z.object({ agentId: text, name: text }),
  'agent.enabled': z.object({ agentId: text, name: text }),
  'agent.secret_rotated': z.object({ agentId: text, overlapUntil: text.nullable() }),
  /** What is usual for it was learned anew; `basis` is the hash of the sessions that it was learned from. */
  'agent.baseline_learned': z.object({ agentId: text, version: z.number(), basis: text, sessions: z.number(), calls: z.number() }),
  'instance.first_seen': z.object({ agentId: text, instanceId: text, name: text, host: text.nullable(), version: text.nullable() }),
} as const;

export const accessEvents = {
  'on_call.rota_created': z.object({ rotaId: text, name: text, source: z.enum(['hand_over', 'webhook', 'pagerduty']) }),
  'on_call.rota_archived': z.object({ rotaId: text, name: text }),
  /** By a person: `from` had it until now, `to` has it from now on, or nobody. */
  'on_call.handed_over': z.object({ rotaId: text, name: text, from: z.array(text), to: text.nullable(), until: text.nullable(), reason: text }),
  /** As another system says. */
  'on_call.changed': z.object({ rotaId: text, name: text, on: z.array(text), off: z.array(text) }),
  'person.created': z.object({ personId: text, email: text, roles: z.array(text) }),
  'person.roles_changed': z.object({ personId: text, from: z.array(text), to: z.array(text) }),
  'person.teams_changed': z.object({ personId: text, from: z.array(text), to: z.array(text) }),
  'person.identity_linked': z.object({ personId: text, issuer: text, subjectHash: text }),
  'person.identity_unlinked': z.object({ personId: text, issuer: text, subjectHash: text }),
  'person.administrator_kept': z.object({ personId: text, issuer: text }),
  'person.passkey_added': z.object({ personId: text, passkeyId: text, name: text }),
  'person.passkey_renamed': z.object({ personId: text, passkeyId: text, from: text, to: text }),
  'person.passkey_removed': z.object({ personId: text, passkeyId: text, name: text }),
  'person.totp_added': z.object({ personId: text }),
  'person.totp_removed': z.object({ personId: text, recoveryCodes: z.number().optional() }),
  'person.recovery_codes_made': z.object({ personId: text, count: z.number() }),
  'person.recovery_code_used': z.object({ personId: text, left: z.number() }),
  'person.new_device': z.object({ personId: text, deviceId: text, ip: text.nullable() }),
  'person.device_known': z.object({ personId: text, deviceId: text }),
  'person.device_disowned': z.object({ personId: text, deviceId: text, signIns: z.number() }),
  /** A token asked for something that takes a passkey: its person finishes it in the console, or lets it be. */
  'person.request_left': z.object({ personId: text, requestId: text, kind: text, objectId: text, tokenId: text.nullable() }),
  'person.request_finished': z.object({ personId: text, requestId: text, kind: text, objectId: text, outcome: text }),
  'person.step_up_refused': z.object({ personId: text, purpose: text, objectId: text, why: text }),
  'team.created': z.object({ teamId: text, name: text }),
  'team.changed': z.object({ teamId: text, name: text, from: text }),
  'team.archived': z.object({ teamId: text, name: text }),
  'role.created': z.object({ name: text, verbs: z.array(text) }),
  'role.changed': z.object({ name: text, from: z.array(text), to: z.array(text) }),
  'role.archived': z.object({ name: text }),
  'group_mapping.changed': z.object({ issuer: text, from: z.array(z.object({ group: text, kind: text, name: text })), to: z.array(z.object({ group: text, kind: text, name: text })) }),
  'service_account.created': z.object({ serviceAccountId: text, name: text, roles: z.array(text) }),
  'service_account.changed': z.object({ serviceAccountId: text, name: text, from: z.array(text), to: z.array(text) }),
  'service_account.deactivated': z.object({ serviceAccountId: text, name: text }),
  'setting.changed': z.object({ key: text, from: z.json(), to: z.json() }),
  'stop_key.registered': z.object({ keyId: text, personId: text, name: text, expiresAt: text }),
  'stop_key.revoked': z.object({ keyId: text, personId: text, why: text }),
  'person.deactivated': z.object({ personId: text }),
  'person.activated': z.object({ personId: text }),
  'person.password_set': z.object({ personId: text, by: z.enum(['link', 'environment', 'self']) }),
  'person.setup_link_made': z.object({ personId: text, expiresAt: text }),
  'person.setup_link_ended': z.object({ personId: text, why: z.enum(['withdrawn', 'deactivated']) }),
  'person.signed_in': z.object({ personId: text, signInId: text, ip: text.nullable(), method: text.optional(), deviceId: text.optional() }),
  'person.sign_in_refused': z.object({ emailHash: text, ip: text.nullable(), why: z.enum(['wrong', 'locked', 'deactivated', 'second_factor', 'no_person', 'copied_key', 'not_linked', 'unverified', 'no_mapped_group', 'groups_unknown', 'provider']) }),
  'person.signed_out': z.object({ personId: text, signInId: text, why: z.enum(['self', 'revoked', 'deactivated', 'password_set', 'recovered', 'disowned', 'roles_removed']) }),
  'token.created': z.object({ tokenId: text, personId: text.nullable(), serviceAccountId: text.optional(), name: text, limit: text.nullable(), verbs: z.array(text).optional(), environments: z.array(text).optional(), expiresAt: text.nullable() }),
  'token.revoked': z.object({ tokenId: text, personId: text.nullable(), serviceAccountId: text.optional() }),
  'control_key.created': z.object({ keyId: text, name: text, scopes: z.array(text), environments: z.array(text) }),
  'control_key.revoked': z.object({ keyId: text, name: text }),
} as const;

export const policyEvents = {
  'policy.activated': z.object({ sequence: z.number(), sha256: text, name: text }),
} as const;

const share = z.object({ hits: z.number(), of: z.number() });
/** The attack suite was run against a bundle; `held` and `misses` are judged by that bundle's thresholds. */
export const attackEvents = {
  'attack.run': z.object({
    runId: text, sequence: z.number(), sha256: text, suiteSha256: text, cases: z.number(), version: text, seed: z.number(), held: z.boolean(), misses: z.array(text),
    classes: z.record(text, z.object({ stopped: share, denied: share, flagged: share, benignFlagged: share, benignDenied: share, benignAsked: share })),
  }),
} as const;

export const systemEvents = {
  'process.started': z.object({ process: text, pid: z.number(), version: text }),
  'process.exited': z.object({ process: text, pid: z.number(), code: z.number().nullable(), signal: text.nullable() }),
  'log.exported': z.object({ exportId: text, streams: z.number(), events: z.number() }),
  /** What was decided about approvals was written into a file, narrowed like this. */
  'log.approvals_exported': z.object({ format: text, filter: z.record(text, text) }),
  'log.set_back_found': z.object({ anchor: text, anchored: z.number(), database: z.number().nullable() }),
  'log.trouble_found': z.object({ what: text }),
  'key.rotated': z.object({ name: text, kid: text, previousKid: text, overlapUntil: text.nullable() }),
  'key.retired': z.object({ name: text, kid: text }),
  'backup.made': z.object({ backupId: text, events: z.number(), sha256: text, checkpoint: z.number().optional() }),
  'backup.restored': z.object({ backupId: text, madeAt: text, sha256: text.optional(), events: z.number().optional(), tokensEnded: z.number().optional(), signed: z.boolean().optional() }),
  'demo.started': z.object({ runId: text, seed: text.optional() }),
  'demo.stopped': z.object({ runId: text, why: text }),
} as const;
