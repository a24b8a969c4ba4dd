import { z } from 'zod';
import { decisionSchema, findingSchema, type Decision, type Finding } from './decision';
import type { AgentEventName } from './agent-events';

export const sessionStates = ['open', 'lost', 'paused', 'stopped', 'closed'] as const;
export type SessionState = (typeof sessionStates)[number];
export type Enforcement = 'enforced' | 'cooperative';
export type InspectVerdict = 'clean' | 'flagged' | 'blocked';

/** What each event answers beside `ok: true`. */
export type AgentAnswers = {
  'lease.renew': { leaseMs: number; leaseExpiresAt: string; sessions: { id: string; state: SessionState }[] };
  'auth.refresh': { expiresAt: string };
  'session.open': {
    session: { id: string; state: SessionState; generation: number; enforcement: Enforcement };
    leaseMs: number;
    leaseExpiresAt: string;
    policy: { version: string; sha256: string };
    canary: string;
    delimiter: string;
  };
  'session.close': Record<never, never>;
  'input.add': { seq: number; verdict: InspectVerdict; findings: Finding[]; wrapped: string };
  'plan.submit': { planId: string; traceHash: string; verdict: 'valid' | 'refused'; steps: { id: string; forecast: 'allow' | 'deny' | 'ask'; reason: string }[]; findings: Finding[] };
  'action.request': { decision: Decision };
  'action.started': Record<never, never>;
  'action.result': { verdict: InspectVerdict; findings: Finding[]; output: unknown };
  'output.check': { verdict: InspectVerdict; findings: Finding[]; text: string };
  'spans.add': { accepted: number };
  sync: { sessions: { id: string; state: SessionState; decisions: Decision[] }[] };
};
type Complete = { [N in AgentEventName]: AgentAnswers[N] };
export type AgentAnswer<N extends AgentEventName> = Complete[N];

const ok = z.literal(true);
/** What a client needs to be sure of before it trusts an answer; unknown fields are left alone, since the contract grows by adding. */
export const answerSchemas = {
  'lease.renew': z.object({ ok, leaseMs: z.number(), leaseExpiresAt: z.string(), sessions: z.array(z.object({ id: z.string(), state: z.string() })) }),
  'session.open': z.object({
    ok,
    session: z.object({ id: z.string(), state: z.string(), generation: z.number(), enforcement: z.string() }),
    leaseMs: z.number(),
    leaseExpiresAt: z.string(),
    policy: z.object({ version: z.string(), sha256: z.string() }),
    canary: z.string(),
    delimiter: z.string(),
  }),
  'action.request': z.object({ ok, decision: decisionSchema }),
  'action.result': z.object({ ok, verdict: z.string(), findings: z.array(findingSchema), output: z.unknown() }),
} as const;

/** Events the server sends to an agent; each is acknowledged. */
export type ServerEvents = {
  decision: { decision: Decision };
  halt: { orderJws: string };
  pause: { orderJws: string };
  resume: { orderJws: string };
  policy: { version: string; sha256: string };
};
/** `halt`'s acknowledgement. */
export const haltAckSchema = z.object({ stopped: z.array(z.string()).max(10_000), at: z.string(), signature: z.string().optional() });
