import type { Context } from '@/lib/context';
import { conflict, notFound, unavailable } from '@/lib/errors';
import { recordsIn } from '@/lib/behaviour';
import { sessionEvent } from '@/lib/log';
import { redactText } from '@/lib/inspect';
import type { AgentAnswer } from '@/lib/protocol/agent-answers';
import type { AgentEventBody } from '@/lib/protocol/agent-events';
import { appendLooked } from './constrain-session';
import type { Gate } from './gate';
import { knownAction } from './known-actions';
import type { KnownAction, LiveSession } from './live-session';
import { lookFor } from './look-for';
import { noteUntrusted } from './note-untrusted';
import { oneAtATime } from './one-at-a-time';
import { noteResult } from './recall-texts';
import { refreshSession } from './refresh-session';
import { sealValue } from '@/lib/payloads';

const MOST_TRIES = 8;

/** Takes a tool's result as evidence. What the agent may read of it is the answer; in a stopped session nothing. */
export function finishAction(gate: Gate, ctx: Context, session: LiveSession, body: AgentEventBody<'action.result'>): Promise<AgentAnswer<'action.result'>> {
  return oneAtATime(body.actionId, () => finish(gate, ctx, session, body));
}

async function finish(gate: Gate, ctx: Context, session: LiveSession, body: AgentEventBody<'action.result'>): Promise<AgentAnswer<'action.result'>> {
  const output = body.output ?? (body.outputParts ? body.outputParts.join('') : null);
  const looked = lookFor(gate, session, output, 'result');
  const records = recordsIn(output);
  const error = body.error === undefined ? null : redactText(body.error);
  const sealed = output === null ? null : sealValue(session.row.id, session.dataKey, 'output', output);
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    if (session.stale) await refreshSession(gate, session);
    const action = await knownAction(session, body.actionId);
    if (!action) throw notFound('There is no such action in this session.');
    if (action.finishedAt) throw conflict('The result of this action is on record already.');
    if (!action.startedAt && !action.redeemedAt) throw conflict('This action was not started. Send action.started before the tool runs.');
    const tookMs = Math.max(body.durationMs ?? 0, action.startedAt ? Math.max(0, ctx.now().getTime() - action.startedAt.getTime()) : 0);
    const withheld = isOver(gate, session, action.tool);
    const seq = await appendLooked(gate, ctx, session, looked, 'result', (recordedAt) => ({
      events: [sessionEvent(session.row.id, 'action.finished', {
        actionId: body.actionId, tool: action.tool, status: body.status, durationMs: body.durationMs ?? null, tookMs, error,
        output: sealed?.ref ?? null, unseen: body.unseen ?? null, withheld, verdict: looked.verdict, ...(looked.findings.length > 0 ? { findings: looked.findings } : {}), ...(records > 0 ? { records } : {}), usage: body.usage ? { ...definedUsage(body.usage) } : null,
      }, { agentId: action.agentId })],
      payloads: sealed ? [sealed.row] : [],
      changes: [{ id: body.actionId, finished_at: recordedAt, result_status: body.status }],
    }));
    if (seq === undefined) continue;
    gate.metrics.countFindings(looked.findings);
    action.finishedAt = ctx.now();
    noteEnd(gate, session, action, { rows: records, durationMs: tookMs }, body.status === 'ok');
    session.plans.ended(body.actionId, body.status);
    session.behaviour.finish({ read: sealed?.row.bytes ?? 0, records, tokens: (body.usage?.inputTokens ?? 0) + (body.usage?.outputTokens ?? 0) });
    noteResult(session, seq, output, error);
    if (output !== null || body.unseen || error) await noteUntrusted(session);
    return { verdict: looked.verdict, findings: looked.findings, output: withheld || isOver(gate, session, action.tool) ? null : wrap(looked.shown, session.row.delimiter) };
  }
  throw unavailable('The result could not be recorded yet. Send it again.', 200);
}

/** What it took, and how it went, counts in the limits. */
function noteEnd(gate: Gate, session: LiveSession, action: KnownAction, took: { rows: number; durationMs: number }, ok: boolean): void {
  const { prepared } = gate.bundle();
  const tool = prepared.tools.get(action.tool)?.tool;
  session.usage.ended({ name: action.tool, classes: tool?.classes ?? [] }, took, action.startedAt !== null);
  if (tool) gate.budgets.ended(prepared.bundle.limits, { agentId: action.agentId, tool }, ok, performance.now());
}

/** A stop counts from the moment that this gateway sees it, not only once the session has been worked off; one of a class withholds what its tools still bring. */
function isOver(gate: Gate, { row }: LiveSession, tool: string): boolean {
  if (row.state === 'stopped' || row.state === 'closed') return true;
  return gate.switches.match({ sessionId: row.id, instanceId: row.instanceId, agentId: row.agentId, classes: gate.bundle().prepared.tools.get(tool)?.tool.classes ?? [], environment: gate.environment })?.kind === 'stop';
}

function definedUsage(usage: NonNullable<AgentEventBody<'action.result'>['usage']>) {
  return {
    ...(usage.inputTokens === undefined ? {} : { inputTokens: usage.inputTokens }), ...(usage.outputTokens === undefined ? {} : { outputTokens: usage.outputTokens }),
    ...(usage.cost === undefined ? {} : { cost: usage.cost }),
  };
}

/** Text is handed back marked as data; structured values keep their shape. */
function wrap(output: unknown, delimiter: string): unknown {
  if (typeof output !== 'string') return output;
  return `<${delimiter}>\n${output.replaceAll(delimiter, '[delimiter removed]')}\n</${delimiter}>`;
}
