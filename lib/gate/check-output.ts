import { recordedActor, type Context } from '@/lib/context';
import { unavailable } from '@/lib/errors';
import { redactText } from '@/lib/inspect';
import { sessionEvent, type Commit } from '@/lib/log';
import type { AgentAnswer } from '@/lib/protocol/agent-answers';
import type { AgentEventBody } from '@/lib/protocol/agent-events';
import { appendLooked } from './constrain-session';
import type { Gate } from './gate';
import { movedFrom, type LiveSession } from './live-session';
import { lookFor } from './look-for';
import { refreshSession } from './refresh-session';
import { sealValue } from '@/lib/payloads';

const MOST_TRIES = 8;

/** Looks at a text before it leaves: the session's canary in it blocks it, secrets in it are hidden. */
export async function checkOutput(gate: Gate, ctx: Context, session: LiveSession, body: AgentEventBody<'output.check'>): Promise<AgentAnswer<'output.check'>> {
  const { verdict, findings, shown } = lookFor(gate, session, body.text, 'output');
  const sealed = sealValue(session.row.id, session.dataKey, 'output', body.text);
  const commit = { events: [sessionEvent(session.row.id, 'output.checked', { verdict, findings, content: sealed.ref }, { agentId: session.row.agentId })], payloads: [sealed.row] };
  await untilWritten(gate, session, () => appendLooked(gate, ctx, session, { verdict, findings }, 'output', () => commit));
  session.behaviour.say(sealed.row.bytes);
  gate.metrics.countFindings(findings);
  return { verdict, findings, text: typeof shown === 'string' ? shown : '' };
}

/** Notes what the agent says of its own steps; shown apart, as its own words. */
export async function addSpans(gate: Gate, ctx: Context, session: LiveSession, body: AgentEventBody<'spans.add'>): Promise<AgentAnswer<'spans.add'>> {
  const spans = body.spans.map((span) => ({
    traceId: span.traceId, spanId: span.spanId, name: redactText(span.name, 200), kind: span.kind, startedAt: span.startedAt,
    ...(span.parentSpanId ? { parentSpanId: span.parentSpanId } : {}), ...(span.endedAt ? { endedAt: span.endedAt } : {}),
  }));
  await append(gate, ctx, session, () => ({ events: [sessionEvent(session.row.id, 'spans.added', { spans }, { agentId: session.row.agentId })] }));
  return { accepted: spans.length };
}

/** Appends what needs no decision to the session's stream. Returns the number of its first event. */
export function append(gate: Gate, ctx: Context, session: LiveSession, build: () => Commit): Promise<number> {
  return untilWritten(gate, session, async () => {
    const { placed } = session;
    const appended = await gate.writer.append(`session/${session.row.id}`, null, recordedActor(ctx.actor), build, placed);
    if (appended.kind === 'written') return appended.seqs[0]!;
    movedFrom(session, placed);
    return undefined;
  });
}

async function untilWritten(gate: Gate, session: LiveSession, write: () => Promise<number | undefined>): Promise<number> {
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    if (session.stale) await refreshSession(gate, session);
    const seq = await write();
    if (seq !== undefined) return seq;
  }
  throw unavailable('This could not be recorded yet. Send it again.', 200);
}
