import { issuePermit } from '@/lib/signing';
import { sessionStream } from '@/lib/log';
import type { Decision } from '@/lib/protocol/decision';
import type { RegistryTool } from '@/lib/protocol/registry';
import type { Gate } from './gate';
import type { KnownAction, LiveSession } from './live-session';

/** Signs the proof that this action may run, for one lease at most; the event that says so is on record already. */
export function mintPermit(gate: Gate, session: LiveSession, action: KnownAction, tool: Pick<RegistryTool, 'toolset' | 'redeem'>, now: Date, digest = action.digest): { decision: Decision } {
  const { permit, expiresAt } = issuePermit(gate.permitKey(), {
    issuer: gate.issuer, toolset: tool.toolset, agentId: action.agentId, sessionId: session.row.id, actionId: action.actionId, digest,
    event: { stream: sessionStream(session.row.id), seq: action.seq }, redeem: tool.redeem, now, leaseMs: gate.leaseMs,
    ...(action.approval?.useBy ? { useBy: action.approval.useBy } : {}),
  });
  action.permitExpiresAt = expiresAt;
  return { decision: { ...action.decision, permit, permitExpiresAt: expiresAt.toISOString() } };
}
