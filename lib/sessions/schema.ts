import { z } from 'zod';
import { idSchema } from '@/lib/protocol/ids';
import { sessionStates, type Enforcement, type SessionState } from '@/lib/protocol/agent-answers';

export { sessionStates, type SessionState, type Enforcement };

/** A session as the gate needs it: read once when it is attached, kept by notices. */
export type SessionRow = {
  id: string; agentId: string; instanceId: string; generation: number; state: SessionState; enforcement: Enforcement; purpose: string;
  principal: { type: 'user' | 'service'; id: string; name?: string; verified: boolean } | null;
  canary: string; delimiter: string; untrustedSeen: boolean; openedAt: Date;
  /** Set once something suspicious was seen in it: it is held to less until it ends, or until a person lifts that. */
  constrained?: Constraint | null;
};

/** Why a session is held to less: what a detector saw, at which event of its stream (0 while that is being written); by the gate as it looked at a text, or by an alert rule. */
export type Constraint = { by: 'input' | 'result' | 'output' | 'rule'; detector: string; kind: string; seq: number; rule?: string };

const reason = z.string().trim().min(3, 'must say why, in a few words, e.g. "the text was looked at and is harmless"').max(500);
export const liftConstraintSchema = z.strictObject({ sessionId: idSchema, reason });
export type LiftConstraint = z.input<typeof liftConstraintSchema>;

export const sessionFilterSchema = z.strictObject({
  state: z.enum(sessionStates).optional(),
  agentId: z.string().optional(),
  after: z.string().optional(),
  limit: z.int().min(1).max(200).default(50),
});

/** One line of the session list. */
export type SessionSummary = {
  id: string; shortId: string; agentId: string; agentName: string; instanceId: string; instanceName: string; state: SessionState; enforcement: Enforcement; purpose: string; simulated: boolean;
  principal: { type: string; id: string; name: string | null; verified: boolean } | null;
  openedAt: string; endedAt: string | null; outcome: string | null; untrustedSeen: boolean; constrained: Constraint | null;
  actions: number; asked: number; denied: number; pending: number; lastEventAt: string | null; lastSeq: number;
};

export type { LoggedEvent as TimelineEvent } from '@/lib/log';
