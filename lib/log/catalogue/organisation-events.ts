import { z } from 'zod';

const text = z.string();
const order = z.object({ orderId: text, scope: text, target: text.nullable(), environment: text.nullable() });

export const switchEvents = {
  'switch.engaged': order.extend({ kind: text, reason: text.nullable(), drill: z.boolean(), generation: z.number() }),
  'switch.reason_given': z.object({ orderId: text, reason: text }),
  'switch.signed': order.extend({ kid: text }),
  'switch.fenced': z.object({ orderId: text, generation: z.number(), gateways: z.array(z.object({ id: text, evidence: text })) }),
  'switch.unreachable': z.object({ orderId: text, sessions: z.number() }),
  'switch.confirmed': z.object({ orderId: text, sessions: z.number(), unreachable: z.number() }),
  'switch.release_requested': z.object({ orderId: text, checklist: z.array(text), notBefore: text.nullable() }),
  'switch.release_seconded': z.object({ orderId: text }),
  'switch.release_withdrawn': z.object({ orderId: text, why: text }),
  'switch.released': z.object({ orderId: text, epoch: z.number(), breakGlass: z.boolean() }),
  'switch.forgery_found': z.object({ orderId: text, what: text }),
  'gateway.started': z.object({ gatewayId: text }),
  'gateway.closed': z.object({ gatewayId: text, why: text }),
} as const;

export const agentEvents = {
  'agent.created': z.object({ agentId: text, name: text, enforced: z.boolean(), simulated: z.boolean(), capabilities: z.array(z.object({ toolset: text, operations: z.array(text), scope: text })) }),
  'agent.capabilities_changed': z.object({ agentId: text, capabilities: z.array(z.object({ toolset: text, operations: z.array(text), scope: text })) }),
  'agent.disabled': z.object({ agentId: text, name: text }),
  'agent.enabled': z.object({ agentId: text, name: text }),
  'agent.secret_rotated': z.object({ agentId: text, overlapUntil: text.nullable() }),
  'instance.first_seen': z.object({ agentId: text, instanceId: text, name: text, host: text.nullable(), version: text.nullable() }),
} as const;

export const accessEvents = {
  'person.created': z.object({ personId: text, email: text, roles: z.array(text) }),
  'person.roles_changed': z.object({ personId: text, from: z.array(text), to: z.array(text) }),
  'person.deactivated': z.object({ personId: text }),
  'person.activated': z.object({ personId: text }),
  'person.password_set': z.object({ personId: text, by: z.enum(['link', 'environment', 'self']) }),
  'person.setup_link_made': z.object({ personId: text, expiresAt: text }),
  'person.signed_in': z.object({ personId: text, signInId: text, ip: text.nullable() }),
  'person.sign_in_refused': z.object({ emailHash: text, ip: text.nullable(), why: z.enum(['wrong', 'locked', 'deactivated']) }),
  'person.signed_out': z.object({ personId: text, signInId: text, why: z.enum(['self', 'revoked', 'deactivated', 'password_set']) }),
  'token.created': z.object({ tokenId: text, personId: text, name: text, limit: text.nullable(), expiresAt: text.nullable() }),
  'token.revoked': z.object({ tokenId: text, personId: text }),
  'control_key.created': z.object({ keyId: text, name: text, scopes: z.array(text), environments: z.array(text) }),
  'control_key.revoked': z.object({ keyId: text, name: text }),
} as const;

export const policyEvents = {
  'policy.activated': z.object({ sequence: z.number(), sha256: text, name: text }),
} as const;

export const systemEvents = {
  'process.started': z.object({ process: text, pid: z.number(), version: text }),
  'process.exited': z.object({ process: text, pid: z.number(), code: z.number().nullable(), signal: text.nullable() }),
  'log.exported': z.object({ exportId: text, streams: z.number(), events: z.number() }),
  'log.set_back_found': z.object({ anchor: text, anchored: z.number(), database: z.number().nullable() }),
  'log.trouble_found': z.object({ what: text }),
  'payload.revealed': z.object({ payloadId: text, sessionId: text, kind: text }),
  'demo.started': z.object({ runId: text, seed: text.optional() }),
  'demo.stopped': z.object({ runId: text, why: text }),
} as const;
