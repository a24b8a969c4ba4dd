import { recordedActor, type Context } from '@/lib/context';
import { conflict, notFound, unavailable } from '@/lib/errors';
import { sessionEvent } from '@/lib/log';
import { lookAtText, redactText } from '@/lib/inspect';
import type { AgentAnswer } from '@/lib/protocol/agent-answers';
import type { AgentEventBody } from '@/lib/protocol/agent-events';
import type { Gate } from './gate';
import { knownAction } from './known-actions';
import { movedFrom, type LiveSession } from './live-session';
import { noteUntrusted } from './note-untrusted';
import { oneAtATime } from './one-at-a-time';
import { refreshSession } from './refresh-session';
import { sealValue } from '@/lib/payloads';

const MOST_TRIES = 8;

/** Takes a tool's result as evidence. What the agent may read of it is the answer; in a stopped session nothing. */
export function finishAction(gate: Gate, ctx: Context, session: LiveSession, body: AgentEventBody<'action.result'>): Promise<AgentAnswer<'action.result'>> {
  return oneAtATime(body.actionId, () => finish(gate, ctx, session, body));
}

async function finish(gate: Gate, ctx: Context, session: LiveSession, body: AgentEventBody<'action.result'>): Promise<AgentAnswer<'action.result'>> {
  const output = body.output ?? (body.outputParts ? body.outputParts.join('') : null);
  const looked = lookAtText(output, session.row.canary);
  const sealed = output === null ? null : sealValue(session.row.id, session.dataKey, 'output', output);
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    if (session.stale) await refreshSession(gate, session);
    const { placed } = session;
    const action = await knownAction(session, body.actionId);
    if (!action) throw notFound('There is no such action in this session.');
    if (action.finishedAt) throw conflict('The result of this action is on record already.');
    if (!action.startedAt && !action.redeemedAt) throw conflict('This action was not started. Send action.started before the tool runs.');
    const withheld = isOver(gate, session, action.tool);
    const appended = await gate.writer.append(`session/${session.row.id}`, null, recordedActor(ctx.actor), (_seq, recordedAt) => ({
      events: [sessionEvent(session.row.id, 'action.finished', {
        actionId: body.actionId, tool: action.tool, status: body.status, durationMs: body.durationMs ?? null, error: body.error === undefined ? null : redactText(body.error),
        output: sealed?.ref ?? null, unseen: body.unseen ?? null, withheld, verdict: looked.verdict, usage: body.usage ? { ...definedUsage(body.usage) } : null,
      }, { agentId: action.agentId })],
      payloads: sealed ? [sealed.row] : [],
      changes: [{ id: body.actionId, finished_at: recordedAt, result_status: body.status }],
    }), placed);
    if (appended.kind !== 'written') { movedFrom(session, placed); continue; }
    action.finishedAt = ctx.now();
    session.running = Math.max(0, session.running - 1);
    if (output !== null) session.seen.add(appended.seqs[0]!, 'tool', typeof output === 'string' ? output : leavesOf(output));
    if (output !== null || body.unseen) await noteUntrusted(session);
    return { verdict: looked.verdict, findings: looked.findings, output: withheld || isOver(gate, session, action.tool) ? null : wrap(looked.shown, session.row.delimiter) };
  }
  throw unavailable('The result could not be recorded yet. Send it again.', 200);
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

/** Every text in a structured result, one a line, to compare later arguments with. */
function leavesOf(value: unknown): string {
  const leaves: string[] = [];
  const walk = (item: unknown, depth: number) => {
    if (typeof item === 'string') leaves.push(item);
    else if (typeof item === 'object' && item !== null && depth < 32) for (const inner of Object.values(item)) walk(inner, depth + 1);
  };
  walk(value, 0);
  return leaves.join('\n');
}
