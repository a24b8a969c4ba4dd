import { recordedActor, type Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { unavailable } from '@/lib/errors';
import { sessionEvent, sessionStream, type NewEvent } from '@/lib/log';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import type { PermitClaims } from '@/lib/protocol/permit';
import type { Args } from '@/lib/protocol/primitives';
import type { RegistryTool } from '@/lib/protocol/registry';
import { sameText, verifyPermit } from '@/lib/signing';
import { matchingOrder } from '@/lib/switches/rules';
import { beginDecision, type Gate } from './gate';
import { movedFrom } from './live-session';
import { oneAtATime } from './one-at-a-time';
import { refreshSession } from './refresh-session';

type Refused = { ok: false; code: 'used' | 'expired' | 'digest_mismatch' | 'stopped' | 'invalid' };
export type Redeemed = { ok: true; actionId: string } | Refused;

type Row = {
  id: string; tool: string; digest: string; final_digest: string | null; decision: string; redeemed_at: Date | null; finished_at: Date | null; approval_id: string | null; approval_state: string | null;
  state: string; instance_id: string; agent_id: string; session_id: string; last_seq: bigint; head: string;
};

const MOST_TRIES = 8;
const refuse = (code: Refused['code']): Refused => ({ ok: false, code });

/** A tool server trades a permit for the right to run this call once. It is written like a decision: not when a switch was thrown or anybody else wrote to the session meanwhile. */
export async function redeemPermit(gate: Gate, ctx: Context, input: { permit: string; tool: string; args: Args }, keys: KeySet): Promise<Redeemed> {
  const tool = gate.bundle().prepared.tools.get(input.tool)?.tool;
  if (!tool) return refuse('invalid');
  const checked = verifyPermit(input.permit, { keys, issuer: gate.issuer, toolset: tool.toolset, tool: input.tool, args: input.args, now: ctx.now(), use: 'redeem' });
  if (!checked.ok) return refuse(checked.reason === 'expired' ? 'expired' : checked.reason === 'digest_mismatch' ? 'digest_mismatch' : 'invalid');
  return oneAtATime(checked.claims.jti, () => redeem(gate, ctx, checked.claims, tool));
}

async function redeem(gate: Gate, ctx: Context, claims: PermitClaims, tool: RegistryTool): Promise<Redeemed> {
  const stream = sessionStream(claims.sid);
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const session = gate.sessions.get(claims.sid);
    if (session?.stale) await refreshSession(gate, session);
    const view = beginDecision(gate);
    try {
      const placed = gate.writer.placed(stream);
      const [row] = await sql.rows<Row>(
        `SELECT a.id, a.tool, a.digest, a.final_digest, a.decision, a.redeemed_at, a.finished_at, a.approval_id, p.state AS approval_state, s.state, s.instance_id, s.agent_id, a.session_id, l.last_seq, l.head
         FROM action a JOIN session s ON s.id = a.session_id JOIN log.stream l ON l.id = $2 LEFT JOIN approval p ON p.id = a.approval_id WHERE a.id = $1 AND a.session_id = $3`, [claims.jti, stream, claims.sid]);
      if (!row || row.tool !== tool.name) return refuse('invalid');
      const stops = (orders: Parameters<typeof matchingOrder>[0]) => matchingOrder(orders, { sessionId: row.session_id, instanceId: row.instance_id, agentId: row.agent_id, classes: tool.classes, environment: gate.environment });
      const refused = refusalOf(row, claims, stops(view.orders) !== null);
      if (refused) return refused;
      // A session of another gateway, or of none: what was just read in one statement is where its stream ends.
      const since = placed ?? gate.writer.place(stream, { seq: Number(row.last_seq), head: row.head });
      const appended = await gate.writer.append(stream, view.generation, recordedActor(ctx.actor), (_seq, recordedAt) => {
        const events: NewEvent[] = [sessionEvent(row.session_id, 'permit.redeemed', { actionId: row.id, tool: row.tool }, { agentId: row.agent_id })];
        // `action.started` has used the approval already when the agent announced itself first; redeeming is then the same use.
        const uses = row.approval_id !== null && row.approval_state === 'approved';
        if (uses) events.push(sessionEvent(row.session_id, 'approval.used', { approvalId: row.approval_id!, actionId: row.id }, { agentId: row.agent_id }));
        return { events, changes: [{ id: row.id, redeemed_at: recordedAt }], ...(uses ? { used: [{ id: row.approval_id!, used_at: recordedAt }] } : {}) };
      }, since);
      if (appended.kind === 'overtaken') continue;
      if (appended.kind === 'generation_moved') {
        // Nothing was written, so a fence need not wait for the reading.
        view.end();
        await gate.switches.reach(appended.generation);
        continue;
      }
      if (appended.kind === 'stream_moved') {
        if (session) movedFrom(session, since);
        continue;
      }
      const held = session?.byAction.get(row.id);
      if (held) held.redeemedAt = ctx.now();
      // Asked again before the answer: a stop that came while this was written wins.
      if (!view.stillCurrent() && stops(gate.switches.orders)) return refuse('stopped');
      return { ok: true, actionId: row.id };
    } finally {
      view.end();
      if (!gate.sessions.has(claims.sid)) gate.writer.forget(stream);
    }
  }
  throw unavailable('This session is changing faster than the permit can be redeemed. Do not run the call; try again.', 200);
}

function refusalOf(row: Row, claims: PermitClaims, stopped: boolean): Refused | undefined {
  if (!sameText(row.final_digest ?? row.digest, claims.dig)) return refuse('digest_mismatch');
  if (row.redeemed_at || row.finished_at) return refuse('used');
  if (stopped || row.state !== 'open' || row.decision !== 'allow') return refuse('stopped');
  if (row.approval_id && !['approved', 'used'].includes(row.approval_state ?? '')) return refuse('stopped');
  return undefined;
}
