import { z } from 'zod';
import { type origins } from './decision';
import { argsSchema, digestSchema, durationMsSchema, idSchema, longTextSchema, moneySchema, requestIdSchema, shortTextSchema, timeSchema, toolNameSchema } from './primitives';

const sessionId = idSchema;
const planStep = z.strictObject({
  id: z.string().min(1).max(128),
  tool: toolNameSchema,
  args: argsSchema,
  dependsOn: z.array(z.string().min(1).max(128)).max(256).optional(),
  maxRetries: z.int().min(0).max(100).optional(),
});
const span = z.strictObject({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z.string().regex(/^[0-9a-f]{16}$/).optional(),
  name: z.string().max(500),
  kind: z.string().max(64),
  startedAt: timeSchema,
  endedAt: timeSchema.optional(),
  attributes: z.record(z.string().max(256), z.unknown()),
});

/** Every event a client may send on `/agent`, with the shape of its body. An event that is not here, or a field that is not here, is `invalid`. */
export const agentEventSchemas = {
  'lease.renew': z.strictObject({}),
  'auth.refresh': z.strictObject({ token: z.string().min(1).max(8_192) }),
  'session.open': z.strictObject({
    sessionId: sessionId.optional(),
    purpose: shortTextSchema.min(1),
    principal: z.strictObject({ type: z.enum(['user', 'service']), id: z.string().min(1).max(200), name: z.string().max(200).optional() }).optional(),
    principalToken: z.string().min(1).max(8_192).optional(),
    model: z.string().max(200).optional(),
    parentSessionId: sessionId.optional(),
    metadata: z.record(z.string().max(128), z.unknown()).optional(),
  }),
  'session.close': z.strictObject({ sessionId, outcome: z.enum(['completed', 'failed', 'abandoned']), summary: shortTextSchema.optional() }),
  'input.add': z.strictObject({
    sessionId,
    origin: z.enum(['operator', 'user', 'tool', 'document', 'memory', 'agent']),
    source: z.string().max(500).optional(),
    text: longTextSchema,
  }),
  'plan.submit': z.strictObject({ sessionId, steps: z.array(planStep).min(1).max(256) }),
  'action.request': z.strictObject({
    sessionId,
    requestId: requestIdSchema,
    tool: toolNameSchema,
    args: argsSchema,
    planId: idSchema.optional(),
    stepId: z.string().min(1).max(128).optional(),
    rationale: shortTextSchema.optional(),
    estimate: z.strictObject({ cost: moneySchema.optional(), records: z.int().min(0).max(1e12).optional() }).optional(),
  }),
  'action.started': z.strictObject({ actionId: idSchema }),
  'action.result': z.strictObject({
    actionId: idSchema,
    status: z.enum(['ok', 'error']),
    output: z.unknown().optional(),
    outputParts: z.array(longTextSchema).max(256).optional(),
    unseen: z.strictObject({ digest: digestSchema, bytes: z.int().min(0).max(1e15) }).optional(),
    error: shortTextSchema.optional(),
    durationMs: durationMsSchema.optional(),
    usage: z.strictObject({ inputTokens: z.int().min(0).max(1e12).optional(), outputTokens: z.int().min(0).max(1e12).optional(), cost: moneySchema.optional() }).optional(),
  }),
  'output.check': z.strictObject({ sessionId, text: longTextSchema }),
  'spans.add': z.strictObject({ sessionId, spans: z.array(span).min(1).max(512) }),
  sync: z.strictObject({ sessionIds: z.array(sessionId).max(256) }),
} as const;

export type AgentEventName = keyof typeof agentEventSchemas;
export type AgentEventBody<N extends AgentEventName> = z.infer<(typeof agentEventSchemas)[N]>;
export const trustableOrigins = new Set<(typeof origins)[number]>(['operator', 'user']);
