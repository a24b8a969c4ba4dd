import { z } from 'zod';
import { authorise } from '@/lib/access';
import { getAgent } from '@/lib/agents';
import type { Context } from '@/lib/context';
import { conflict, notFound } from '@/lib/errors';
import { parseInput } from '@/lib/parse-input';
import { readPayloadsFor, type ShownPayload } from '@/lib/payloads';
import { origins } from '@/lib/protocol/decision';
import { idSchema } from '@/lib/protocol/ids';
import { getSession, readTimeline } from '@/lib/sessions';
import { attackClasses, localCaseSchema, type LocalCase, type LocalCaseInput, type Read } from './schema';

const inputSchema = z.strictObject({
  sessionId: idSchema,
  side: z.enum(['attack', 'benign']).default('attack'),
  class: z.enum(attackClasses).default('indirect'),
  /** The actions that the case is about. Without any: those that did not run. */
  actions: z.array(idSchema).max(20).default([]),
});
export type CaseFromSession = z.input<typeof inputSchema>;

const PAGE = 500;
/** A longer session is no case that anybody reads. */
const MOST_EVENTS = 5_000;

type Told =
  | { kind: 'input'; origin: string; source: string | null; payloadId: string }
  | { kind: 'action'; id: string; tool: string; decision: 'allow' | 'ask' | 'deny'; argsId: string; outputId?: string; failed?: string | null };

/**
 * A case of what really happened in a session: what it read, and what it asked for. Texts come as a person may read them, with detected
 * secrets hidden, and that they were read is on the record. Refused where a text that it needs was erased.
 */
export async function caseFromSession(ctx: Context, input: CaseFromSession): Promise<LocalCase> {
  authorise(ctx, 'session.read');
  authorise(ctx, 'payload.read');
  const { sessionId, side, class: name, actions } = parseInput(inputSchema, input);
  const session = await getSession(sessionId);
  if (!session) throw notFound('There is no such session.');
  const told = await readTold(sessionId);
  const about = chooseActions(told, actions, side);
  const needed = told.flatMap((one) => (one.kind === 'input' ? [one.payloadId] : about.has(one.id) ? [one.argsId] : one.outputId ? [one.argsId, one.outputId] : []));
  const texts = await readPayloadsFor(ctx, { sessionId, payloadIds: needed, why: 'a case for the attack suite' });
  const read = (payloadId: string): unknown => valueOf(texts.get(payloadId));
  const argsOf = (payloadId: string) => read(payloadId) as Record<string, unknown>;

  const reads = told.flatMap((one): Read[] => {
    if (one.kind === 'input') return [{ from: originOf(one.origin), ...(one.source ? { source: one.source } : {}), text: asText(read(one.payloadId)) }];
    if (about.has(one.id) || one.outputId === undefined) return [];
    return [{ call: one.tool, args: argsOf(one.argsId), gives: asText(read(one.outputId)), ...(one.failed === 'error' ? { fails: true } : {}) }];
  });
  const asked = told.filter((one) => one.kind === 'action').filter((one) => about.has(one.id));
  const calls = asked.map((one) => ({ tool: one.tool, args: argsOf(one.argsId) }));
  const agent = await getAgent(session.agentId);
  const made: LocalCaseInput = {
    id: `local-${sessionId}`, local: true, sessionId, class: name, carrier: 'record', profile: 'everything', purpose: session.purpose.slice(0, 500).padEnd(3, '.'), reads,
    ...(agent ? { capabilities: agent.capabilities } : {}),
    // What was asked and is called benign is what a person should have been asked about; anything else should have been allowed.
    ...(side === 'attack' ? { attack: { calls } } : { benign: { calls: calls.map((call, at) => ({ ...call, expect: asked[at]!.decision === 'ask' ? ('ask' as const) : ('allow' as const) })) } }),
  };
  const parsed = localCaseSchema.safeParse(made);
  if (!parsed.success) throw conflict(`This session does not make a case: ${parsed.error.issues.slice(0, 3).map((issue) => `${issue.path.join('/')} ${issue.message}`).join('; ')}.`);
  return parsed.data;
}

/** A session's inputs and actions in their order, each action with what it gave. */
async function readTold(sessionId: string): Promise<Told[]> {
  const told: Told[] = [];
  const byId = new Map<string, Told & { kind: 'action' }>();
  for (let after = 0; ;) {
    const events = await readTimeline(sessionId, after, PAGE);
    for (const { type, data } of events) {
      if (type === 'input.added') told.push({ kind: 'input', origin: String(data.origin), source: data.source as string | null, payloadId: refOf(data.content)! });
      else if (type === 'action.allowed' || type === 'action.asked' || type === 'action.denied') {
        const action = { kind: 'action' as const, id: String(data.actionId), tool: String(data.tool), decision: ({ 'action.allowed': 'allow', 'action.asked': 'ask', 'action.denied': 'deny' } as const)[type], argsId: refOf(data.args)! };
        told.push(action);
        byId.set(action.id, action);
      } else if (type === 'action.finished') {
        const action = byId.get(String(data.actionId));
        const outputId = refOf(data.output);
        if (action && outputId) Object.assign(action, { outputId, failed: String(data.status) });
      }
    }
    if (events.length < PAGE) return told;
    after = events.at(-1)!.seq;
    if (after > MOST_EVENTS) throw conflict(`The session has more than ${MOST_EVENTS} events; a case is something that a person can read.`);
  }
}

function chooseActions(told: readonly Told[], named: readonly string[], side: 'attack' | 'benign'): ReadonlySet<string> {
  const actions = told.filter((one) => one.kind === 'action');
  const unknown = named.find((id) => !actions.some((one) => one.id === id));
  if (unknown !== undefined) throw notFound(`There is no action ${unknown} in this session.`);
  const chosen = named.length > 0 ? named : actions.filter((one) => one.outputId === undefined).map((one) => one.id);
  if (chosen.length === 0) throw conflict(`Every action of this session ran. Name ${side === 'attack' ? 'those that should not have' : 'those that the case is about'} with --action ID.`);
  if (chosen.length > 20) throw conflict(`${chosen.length} actions did not run. Name those that the case is about with --action ID, at most 20.`);
  return new Set(chosen);
}

const heard = origins.filter((origin) => origin !== 'model');
const originOf = (name: string) => heard.find((origin) => origin === name) ?? 'agent';

const refOf = (content: unknown): string | undefined => (typeof content === 'object' && content !== null && 'payloadId' in content ? String(content.payloadId) : undefined);

function valueOf(shown: ShownPayload | undefined): unknown {
  if (shown?.kind === 'text') return shown.value;
  throw conflict(shown?.kind === 'erased' ? `A text of this session was erased (${shown.why}), so that it makes no case.` : 'A text of this session cannot be opened here.');
}

/** A text that was empty is told as one space: a case's text says something. */
const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 60_000) || ' ';
