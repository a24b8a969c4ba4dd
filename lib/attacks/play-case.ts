import type { AgentClient, Decision, Finding, SessionHandle } from '@/lib/sdk';
import { Refused, SessionNotOpen, SessionPaused, SessionStopped } from '@/lib/sdk';
import type { FilledSide, SideName } from './fill-case';
import type { AttackClass, Read } from './schema';

/** What the gate said to one call. A session that was stopped or paused meanwhile denies like the gate itself. */
export type Answered = { tool: string; decision: 'allow' | 'ask' | 'deny'; code: string; prepares: boolean; expect?: 'allow' | 'ask' };
/** One side of a case as it went: what was seen in it, and what came of its calls. `leads` are the calls by which it read. */
export type Played = { id: string; class: AttackClass; side: SideName; seen: string[]; leads: Answered[]; calls: Answered[] };

/** Signs of something else than an attack: where a text came from, and that a person is named in it. */
const noSigns: ReadonlySet<string> = new Set(['provenance', 'personal-data', 'personal', 'pii']);
const grave: ReadonlySet<string> = new Set(['medium', 'high', 'critical']);

/** Plays one side in a session of its own, as an agent would: reads, then asks. */
export async function playCase(client: AgentClient, one: { id: string; class: AttackClass; purpose: string }, name: SideName, side: FilledSide): Promise<Played> {
  const session = await client.openSession({ purpose: one.purpose, principal: { type: 'user', id: 'attack-suite' }, model: 'attack suite' });
  const played: Played = { id: one.id, class: one.class, side: name, seen: [], leads: [], calls: [] };
  const see = (where: string, findings: readonly Finding[]) => {
    for (const { detector, kind, severity } of findings) if (grave.has(severity) && !noSigns.has(detector)) played.seen.push(`${detector}/${kind} in ${where}`);
  };
  for (const read of side.reads) await readOne(session, read, see, played);
  for (const call of side.calls) {
    const decision = await ask(session, call.tool, call.args);
    if (typeof decision !== 'string') see('a call', decision.findings);
    played.calls.push({ tool: call.tool, ...answerOf(decision), prepares: call.prepares, ...(call.expect ? { expect: call.expect } : {}) });
  }
  await unlessOver(() => session.close('completed'));
  return played;
}

async function readOne(session: SessionHandle, read: Read, see: (where: string, findings: readonly Finding[]) => void, played: Played): Promise<void> {
  if ('from' in read) {
    await hear(session, read, see);
    return;
  }
  const decision = await ask(session, read.call, read.args);
  if (typeof decision !== 'string') see('a call', decision.findings);
  played.leads.push({ tool: read.call, ...answerOf(decision), prepares: true });
  if (typeof decision === 'string' || decision.decision !== 'allow') {
    // Whoever decides will have let it through, or the agent has got the text in another way: the scene is the same.
    await hear(session, { from: 'tool', source: read.call, text: read.gives }, see);
    return;
  }
  await unlessOver(async () => {
    await session.started(decision.actionId);
    const answer = await session.result({ actionId: decision.actionId, status: read.fails ? 'error' : 'ok', output: read.gives, ...(read.fails ? { error: read.gives.slice(0, 2_000) } : {}) });
    see('a result', answer.findings);
  });
}

async function hear(session: SessionHandle, text: { from: 'operator' | 'user' | 'tool' | 'document' | 'memory' | 'agent'; source?: string | undefined; text: string }, see: (where: string, findings: readonly Finding[]) => void): Promise<void> {
  await unlessOver(async () => {
    const answer = await session.addInput({ origin: text.from, text: text.text, ...(text.source ? { source: text.source } : {}) });
    see('a text', answer.findings);
  });
}

/** The decision, or the word for why a session that is over decides nothing any more. */
async function ask(session: SessionHandle, tool: string, args: Record<string, unknown>): Promise<Decision | string> {
  try {
    return await session.requestAction({ tool, args: args as never });
  } catch (error) {
    // A refusal here would be the runner's own mistake: to a call the gate answers with a decision.
    const over = error instanceof Refused ? undefined : overBy(error);
    if (over === undefined) throw error;
    return over;
  }
}

async function unlessOver(work: () => Promise<unknown>): Promise<void> {
  try { await work(); } catch (error) { if (overBy(error) === undefined) throw error; }
}

/** A session that the gate has ended or held is an answer; anything else is the runner's trouble. */
function overBy(error: unknown): string | undefined {
  if (error instanceof SessionStopped) return 'session.stopped';
  if (error instanceof SessionPaused) return 'session.paused';
  if (error instanceof SessionNotOpen) return 'session.not_open';
  return error instanceof Refused && (error.code === 'conflict' || error.code === 'forbidden') ? 'session.refused' : undefined;
}

function answerOf(decision: Decision | string): Pick<Answered, 'decision' | 'code'> {
  if (typeof decision === 'string') return { decision: 'deny', code: decision };
  return { decision: decision.decision === 'allow' || decision.decision === 'ask' ? decision.decision : 'deny', code: decision.code };
}
