import { issuePermit, type IssuedPermit } from '@/lib/signing';
import { sessionStream } from '@/lib/log';
import type { Decision } from '@/lib/protocol/decision';
import type { RegistryTool } from '@/lib/protocol/registry';
import type { Gate } from './gate';
import type { KnownAction, LiveSession } from './live-session';

type Minted = { decision: Decision };

/**
 * Signs the proof that this action may run, for one lease at most; the event that says so is on record already. A promise only
 * where the key lives elsewhere: what may have been stopped meanwhile is then to be looked at again.
 */
export function mintPermit(gate: Gate, session: LiveSession, action: KnownAction, tool: Pick<RegistryTool, 'toolset' | 'redeem'>, now: Date, digest = action.digest): Minted | Promise<Minted> {
  const issued = issuePermit(gate.permitKey(), {
    issuer: gate.issuer, toolset: tool.toolset, agentId: action.agentId, sessionId: session.row.id, actionId: action.actionId, digest,
    event: { stream: sessionStream(session.row.id), seq: action.seq }, redeem: tool.redeem, now, leaseMs: gate.leaseMs,
    ...(action.approval?.useBy ? { useBy: action.approval.useBy } : {}),
  });
  const hand = ({ permit, expiresAt }: IssuedPermit): Minted => {
    action.permitExpiresAt = expiresAt;
    return { decision: { ...action.decision, permit, permitExpiresAt: expiresAt.toISOString() } };
  };
  return issued instanceof Promise ? issued.then(hand) : hand(issued);
}
