import { z } from 'zod';

const text = z.string();
/** How sealed text appears in the log: its keyed hash, its size and a redacted rendering. */
export const sealedTextSchema = z.object({ payloadId: text, mac: text, bytes: z.number(), rendering: text });
const finding = z.object({ detector: text, kind: text, severity: text, path: text.optional(), span: z.tuple([z.number(), z.number()]).optional(), score: z.number().optional(), version: z.number().optional() });

export const sessionEvents = {
  'session.opened': z.object({
    agentId: text, agentName: text, instanceId: text, instanceName: text, purpose: text, enforcement: text,
    principal: z.object({ type: text, id: text, name: text.optional(), verified: z.boolean() }).nullable(),
    model: text.nullable(), parentSessionId: text.nullable(), policyVersion: text, simulated: z.boolean(),
    bornStoppedBy: text.optional(),
  }),
  'session.taken_over': z.object({ instanceId: text, previousInstanceId: text, generation: z.number() }),
  'session.lost': z.object({ instanceId: text, leaseExpiredAt: text }),
  'session.regained': z.object({ instanceId: text }),
  'session.paused': z.object({ orderId: text }),
  'session.resumed': z.object({ orderId: text }),
  /** From now on it is held to what the bundle leaves a session that something suspicious was seen in: by the gate as it took the text of event `seq`, or by an alert rule. */
  'session.constrained': z.object({ rule: text.optional(), by: text.optional(), detector: text, kind: text, seq: z.number() }),
  /** A person lifted that. What is seen after it constrains anew. */
  'session.unconstrained': z.object({ reason: text, detector: text, kind: text, seq: z.number() }),
  'session.stopped': z.object({ orderId: text, scope: text }),
  /** `signedBy` is the kid of the agent's own key, where it signed and the signature holds. */
  'session.halt_acknowledged': z.object({ orderId: text, at: text, signedBy: text.optional() }),
  /** What it was when it was stopped is sealed in `content`; it covers the record up to `toSeq`. */
  'session.dumped': z.object({ orderId: text, fromSeq: z.number(), toSeq: z.number(), context: z.number(), pending: z.number(), permits: z.number(), content: sealedTextSchema }),
  'session.closed': z.object({ outcome: text, summary: text.nullable() }),
  /** Somebody read the texts themselves, not their renderings. */
  'payload.read': z.object({ payloadIds: z.array(text), why: text }),
  /** Somebody saw a secret that was hidden in a text. */
  'payload.revealed': z.object({ payloadId: text, sessionId: text, kind: text, why: text.optional() }),
  'payload.erasure_asked': z.object({ erasureId: text, why: text }),
  /** Texts and their salts were destroyed; with `key` the session's data key as well. `by`: on whose word, where it was not the clock's. */
  'payload.erased': z.object({ payloads: z.number(), why: text, kinds: z.array(text).optional(), before: text.optional(), key: z.boolean().optional(), by: z.object({ kind: text, id: text, name: text.optional(), via: text.optional() }).optional() }),
  'input.added': z.object({ origin: text, claimedOrigin: text, source: text.nullable(), trusted: z.boolean(), content: sealedTextSchema, verdict: text, findings: z.array(finding) }),
  'plan.submitted': z.object({ planId: text, traceHash: text, verdict: text, steps: z.array(z.object({ id: text, tool: text, forecast: text, reason: text })), content: sealedTextSchema, findings: z.array(finding).optional() }),
  'output.checked': z.object({ verdict: text, findings: z.array(finding), content: sealedTextSchema }),
  'spans.added': z.object({ spans: z.array(z.object({ traceId: text, spanId: text, parentSpanId: text.optional(), name: text, kind: text, startedAt: text, endedAt: text.optional() })) }),
} as const;
