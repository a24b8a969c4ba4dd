import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { sessionEvent, sessionStream, type NewEvent, lockStream, record } from '@/lib/log';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import type { Args } from '@/lib/protocol/primitives';
import { sameText, verifyPermit } from '@/lib/signing';
import { matchingOrder } from '@/lib/switches/rules';
import { beginDecision, type Gate } from './gate';

export type Redeemed = { ok: true; actionId: string } | { ok: false; code: 'used' | 'expired' | 'digest_mismatch' | 'stopped' | 'invalid' };

/** A tool server trades a permit for the right to run this call once. The row's lock makes it once, on whichever gateway. */
export async function redeemPermit(gate: Gate, ctx: Context, input: { permit: string; tool: string; args: Args }, keys: KeySet): Promise<Redeemed> {
  const tool = gate.bundle().prepared.tools.get(input.tool)?.tool;
  if (!tool) return { ok: false, code: 'invalid' };
  const checked = verifyPermit(input.permit, { keys, issuer: gate.issuer, toolset: tool.toolset, tool: input.tool, args: input.args, now: ctx.now(), use: 'redeem' });
  if (!checked.ok) return { ok: false, code: checked.reason === 'expired' ? 'expired' : checked.reason === 'digest_mismatch' ? 'digest_mismatch' : 'invalid' };
  const { claims } = checked;
  const view = beginDecision(gate);
  try {
    return await sqlTransaction(async (tx): Promise<Redeemed> => {
      await lockStream(tx, sessionStream(claims.sid));
      const [action] = await tx.rows<{ id: string; tool: string; digest: string; final_digest: string | null; decision: string; redeemed_at: Date | null; started_at: Date | null; finished_at: Date | null; approval_id: string | null; state: string; instance_id: string; agent_id: string; session_id: string; approval_state: string | null }>(
        `SELECT a.id, a.tool, a.digest, a.final_digest, a.decision, a.redeemed_at, a.started_at, a.finished_at, a.approval_id, s.state, s.instance_id, s.agent_id, a.session_id, p.state AS approval_state
         FROM action a JOIN session s ON s.id = a.session_id LEFT JOIN approval p ON p.id = a.approval_id WHERE a.id = $1 FOR UPDATE OF a`, [claims.jti]);
      if (!action || action.tool !== input.tool) return { ok: false, code: 'invalid' };
      if (!sameText(action.final_digest ?? action.digest, claims.dig)) return { ok: false, code: 'digest_mismatch' };
      if (action.redeemed_at || action.finished_at) return { ok: false, code: 'used' };
      const order = matchingOrder(view.orders, { sessionId: action.session_id, instanceId: action.instance_id, agentId: action.agent_id, classes: tool.classes, environment: gate.environment });
      if (order || action.state !== 'open' || action.decision !== 'allow') return { ok: false, code: 'stopped' };
      // `action.started` has used the approval already when the agent announced itself first; redeeming is then the same use.
      if (action.approval_id && !['approved', 'used'].includes(action.approval_state ?? '')) return { ok: false, code: 'stopped' };
      await tx.rows('UPDATE action SET redeemed_at = clock_timestamp() WHERE id = $1', [action.id]);
      const events: NewEvent[] = [sessionEvent(action.session_id, 'permit.redeemed', { actionId: action.id, tool: action.tool }, { agentId: action.agent_id })];
      if (action.approval_id && action.approval_state === 'approved') {
        await tx.rows(`UPDATE approval SET state = 'used', used_at = clock_timestamp() WHERE id = $1 AND state = 'approved'`, [action.approval_id]);
        events.push(sessionEvent(action.session_id, 'approval.used', { approvalId: action.approval_id, actionId: action.id }, { agentId: action.agent_id }));
      }
      await record(tx, ctx, events);
      await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_session', JSON.stringify({ id: action.session_id })]);
      // Asked again before the answer: a stop that came while this was written wins, and the transaction falls with it.
      if (!view.stillCurrent() && matchingOrder(gate.switches.orders, { sessionId: action.session_id, instanceId: action.instance_id, agentId: action.agent_id, classes: tool.classes, environment: gate.environment })) throw new StoppedMeanwhile();
      return { ok: true, actionId: action.id };
    });
  } catch (error) {
    if (error instanceof StoppedMeanwhile) return { ok: false, code: 'stopped' };
    throw error;
  } finally {
    view.end();
  }
}

class StoppedMeanwhile extends Error {}
