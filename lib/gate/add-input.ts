import type { Context } from '@/lib/context';
import { conflict, unavailable } from '@/lib/errors';
import { sessionEvent } from '@/lib/log';
import type { AgentAnswer } from '@/lib/protocol/agent-answers';
import { trustableOrigins, type AgentEventBody } from '@/lib/protocol/agent-events';
import type { Origin } from '@/lib/protocol/decision';
import { appendLooked } from './constrain-session';
import type { Gate } from './gate';
import type { LiveSession } from './live-session';
import { lookFor, lookForClaimed } from './look-for';
import { noteUntrusted } from './note-untrusted';
import { noteInput } from './recall-texts';
import { refreshSession } from './refresh-session';
import { sealValue } from '@/lib/payloads';

const MOST_TRIES = 8;

/** Takes a text that the agent is about to read, and says from where. `operator` and `user` are believed only of an enforcing proxy. */
export async function addInput(gate: Gate, ctx: Context, session: LiveSession, body: AgentEventBody<'input.add'>): Promise<AgentAnswer<'input.add'>> {
  const believed = !trustableOrigins.has(body.origin) || session.row.enforcement === 'enforced';
  const origin: Origin = believed ? body.origin : 'agent';
  const trusted = trustableOrigins.has(origin);
  // Who asks may ask: also of an agent whose word for that we do not take, a user's words are not read as an attack on it. They taint all the same,
  // and what would be an attack in anybody else's is on record: a person may have been given it to paste. It alone constrains nothing.
  const looked = lookFor(gate, session, body.text, 'input', trustableOrigins.has(body.origin));
  const { verdict, shown } = looked;
  const findings = believed ? looked.findings : [...looked.findings, ...lookForClaimed(gate, session, body.text, looked.findings)];
  const text = typeof shown === 'string' ? shown : '';
  const sealed = sealValue(session.row.id, session.dataKey, 'input', body.text);
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    if (session.stale) await refreshSession(gate, session);
    if (session.row.state === 'stopped' || session.row.state === 'closed') throw conflict(`This session is ${session.row.state}, and that is final.`);
    const commit = {
      events: [sessionEvent(session.row.id, 'input.added', { origin, claimedOrigin: body.origin, source: body.source ?? null, trusted, content: sealed.ref, verdict, findings }, { agentId: session.row.agentId })],
      payloads: [sealed.row],
    };
    const seq = await appendLooked(gate, ctx, session, looked, 'input', () => commit);
    if (seq === undefined) continue;
    gate.metrics.countFindings(findings);
    noteInput(session, seq, origin, body.text);
    if (!trusted) await noteUntrusted(session);
    const { delimiter } = session.row;
    return { seq, verdict, findings, wrapped: trusted ? text : `<${delimiter}>\n${text.replaceAll(delimiter, '[delimiter removed]')}\n</${delimiter}>` };
  }
  throw unavailable('The input could not be recorded yet. Send it again.', 200);
}
