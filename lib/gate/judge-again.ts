import path from 'node:path';
import { loadAgent } from '@/lib/agents';
import type { ChangeJudge } from '@/lib/approvals';
import { readBaseline } from '@/lib/behaviour';
import { sql } from '@/lib/db';
import { env } from '@/lib/env';
import { notFound, unavailable } from '@/lib/errors';
import { BundleWatch, callSentence, readFacts, validateArgs, type PreparedBundle, type PreparedTool } from '@/lib/policies';
import type { Args } from '@/lib/protocol/primitives';
import type { RegistryTool } from '@/lib/protocol/registry';
import type { Issue } from '@/lib/protocol/wire-error';
import { sessionDataKey } from '@/lib/payloads';
import { readSession } from '@/lib/sessions';
import { FileKeys, payloadWrapper } from '@/lib/signing';
import { noOrders } from '@/lib/switches/rules';
import { Budgets } from './budgets';
import { judge } from './judge';
import { agentKey } from './limit-keys';
import { makeLiveSession, type LiveSession, type KnownAction } from './live-session';
import { noteChange, recallTexts } from './recall-texts';
import { recallSession } from './recall-session';
import { sharedUses } from './shared-budgets';

/**
 * What the gate's checks say now about an action with other arguments: by the newest bundle and with the session's facts, rebuilt from
 * its rows and its record as a gateway does that takes it over. Nothing is written, and no gateway believes it: it judges again before
 * it makes a permit. Stops are for whoever writes what comes of it, under the row's lock.
 */
async function judgeAgain({ actionId, args, typed }: Parameters<ChangeJudge['judge']>[0]): ReturnType<ChangeJudge['judge']> {
  const active = await activeBundle();
  const [action] = await sql.rows<{ sessionId: string; tool: string; plan: KnownAction['plan'] | null }>(`SELECT session_id AS "sessionId", tool, detail->'plan' AS plan FROM action WHERE id = $1`, [actionId]);
  if (!action) throw notFound('There is no such action.');
  const session = await rebuilt(action.sessionId, active.prepared.tools);
  const { textsTo } = session;
  if (typed.length > 0) noteChange(session, textsTo + 1, typed);
  const tool = active.prepared.tools.get(action.tool);
  const verdict = judge({
    session, body: { tool: action.tool, args }, ...(action.plan ? { plan: { submitted: true, ...action.plan } } : {}), active, orders: noOrders, budgets: await usedBy(session.row.agentId), limits: [], environment: env().environment,
    now: new Date(), monotonicMs: performance.now(),
  });
  return {
    effect: verdict.effect, code: verdict.code, reason: verdict.reason, rules: verdict.rules, findings: verdict.findings, provenance: verdict.provenance, ...(verdict.obligation ? { obligation: verdict.obligation } : {}),
    issues: tool && verdict.code === 'schema.invalid' ? issuesOf(active.prepared, tool, args) : [],
    policyVersion: active.version, sentence: callSentence(tool?.tool ?? unknownTool(action.tool), args), knownTo: textsTo, dataKey: session.dataKey,
  };
}

/** What people's changes of arguments are held against, for the processes that people work with. */
export const changeJudge: ChangeJudge = { judge: judgeAgain, toolOf: async (name) => (await activeBundle()).prepared.tools.get(name)?.tool };

/** Which arguments do not fit, so that each is told beside its field. */
function issuesOf(prepared: PreparedBundle, tool: PreparedTool, args: Args): Issue[] {
  const issues = validateArgs(tool, args);
  if (issues.length > 0) return issues;
  const facts = readFacts(prepared, tool, args);
  return facts.ok ? [] : facts.issues;
}

async function rebuilt(sessionId: string, tools: Parameters<typeof recallSession>[1]): Promise<LiveSession> {
  const [head] = await sql.rows<{ last_seq: bigint }>('SELECT last_seq FROM log.stream WHERE id = $1', [`session/${sessionId}`]);
  const row = await readSession(sql, sessionId);
  const agent = row && (await loadAgent(row.agentId));
  if (!head || !row || !agent) throw notFound('There is no such session.');
  // Whether it is running is told under the lock, by whoever writes; a lost or a paused one is judged as if it went on.
  const session = makeLiveSession({ ...row, state: 'open' }, agent, agent.capabilities, await sessionDataKey(sql, sessionId, payloadWrapper()), false);
  const learned = await readBaseline(row.agentId, undefined);
  if (learned !== 'unchanged') session.history = { version: learned.version, current: learned.history };
  await recallSession(session, tools);
  await recallTexts(session);
  session.textsTo = Number(head.last_seq);
  session.row = { ...session.row, untrustedSeen: row.untrustedSeen || session.seen.untrusted };
  return session;
}

/** Its place in the limits was taken when it was asked for; rules may look at what its agent's day has cost. */
async function usedBy(agentId: string): Promise<Budgets> {
  const budgets = new Budgets();
  budgets.learn(await sharedUses(sql, [agentKey(agentId)]));
  return budgets;
}
const unknownTool = (name: string): RegistryTool => ({ name, toolset: name, operation: name, classes: [], inputSchema: {}, formats: {}, annotations: {}, redeem: 'optional' });

/** One a process, however many copies of this module a bundler makes: a bundle is prepared once. */
const held = globalThis as typeof globalThis & { countersignJudging?: BundleWatch };

async function activeBundle(): Promise<ReturnType<BundleWatch['active']>> {
  const watch = (held.countersignJudging ??= new BundleWatch({ sql, keys: () => new FileKeys({ folder: path.join(env().dataDir, 'keys'), holds: [] }).verificationKeys('bundle') }));
  await watch.reload();
  if (!watch.loaded) throw unavailable('There is no policy bundle that may be trusted, so changed arguments cannot be judged. Approve what was asked, or deny it.');
  return watch.active();
}
