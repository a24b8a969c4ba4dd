import { recordedActor, type Context } from '@/lib/context';
import { conflict, unavailable } from '@/lib/errors';
import { lookAtText } from '@/lib/inspect';
import { sessionEvent } from '@/lib/log';
import type { AgentAnswer } from '@/lib/protocol/agent-answers';
import { trustableOrigins, type AgentEventBody } from '@/lib/protocol/agent-events';
import type { Origin } from '@/lib/protocol/decision';
import type { Gate } from './gate';
import { movedFrom, type LiveSession } from './live-session';
import { noteUntrusted } from './note-untrusted';
import { refreshSession } from './refresh-session';
import { sealValue } from '@/lib/payloads';

const MOST_TRIES = 8;

/** Takes a text that the agent is about to read, and says from where. `operator` and `user` are believed only of an enforcing proxy. */
export async function addInput(gate: Gate, ctx: Context, session: LiveSession, body: AgentEventBody<'input.add'>): Promise<AgentAnswer<'input.add'>> {
  const believed = !trustableOrigins.has(body.origin) || session.row.enforcement === 'enforced';
  const origin: Origin = believed ? body.origin : 'agent';
  const trusted = trustableOrigins.has(origin);
  const { verdict, findings, shown } = lookAtText(body.text, session.row.canary);
  const text = typeof shown === 'string' ? shown : '';
  const sealed = sealValue(session.row.id, session.dataKey, 'input', body.text);
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    if (session.stale) await refreshSession(gate, session);
    const { placed } = session;
    if (session.row.state === 'stopped' || session.row.state === 'closed') throw conflict(`This session is ${session.row.state}, and that is final.`);
    const appended = await gate.writer.append(`session/${session.row.id}`, null, recordedActor(ctx.actor), () => ({
      events: [sessionEvent(session.row.id, 'input.added', { origin, claimedOrigin: body.origin, source: body.source ?? null, trusted, content: sealed.ref, verdict, findings }, { agentId: session.row.agentId })],
      payloads: [sealed.row],
    }), placed);
    if (appended.kind !== 'written') { movedFrom(session, placed); continue; }
    const seq = appended.seqs[0]!;
    session.seen.add(seq, origin, body.text);
    if (!trusted) await noteUntrusted(session);
    const { delimiter } = session.row;
    return { seq, verdict, findings, wrapped: trusted ? text : `<${delimiter}>\n${text.replaceAll(delimiter, '[delimiter removed]')}\n</${delimiter}>` };
  }
  throw unavailable('The input could not be recorded yet. Send it again.', 200);
}
