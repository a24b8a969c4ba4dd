import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decideApproval, expireApprovals, getApproval, listApprovals, type ApprovalSummary } from '@/lib/approvals';
import { makeContext } from '@/lib/context';
import type { Context } from '@/lib/context';
import { startJobs, type RunningJobs } from '@/lib/jobs';
import { projectRoot } from '@/lib/project-root';
import { startTestGateway, type TestGateway } from '@/lib/testing/running-gateway';
import { DemoKeeper, demoState, startDemo, stopDemo } from '.';
import { runFolder } from './effects';
import { Random } from './random';
import { poisonedTicket } from './tickets';

let gateway: TestGateway;
let boss: Context;
let keeper: DemoKeeper;
let jobs: RunningJobs;
let runId: string;

// Processes from source start slowly on a busy machine.
vi.setConfig({ testTimeout: 90_000 });
const patience = { timeout: 40_000, interval: 50 };
const rows = async <R extends object>(text: string, params: unknown[] = []) => (await import('@/lib/db')).sql.rows<R>(text, params);
const inRun = (...parts: string[]) => path.join(runFolder(gateway.dataDir, runId), ...parts);
const ndjson = (file: string) => (existsSync(inRun(file)) ? readFileSync(inRun(file), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, never>) : []);
const mailOf = (approval: ApprovalSummary) => inRun('outbox', `${approval.actionId}.json`);

/** The first question of this agent for this tool; the agents come to it by themselves. */
const asked = (agentName: string, tool: string) => vi.waitFor(async () => {
  const found = (await listApprovals({})).reverse().find((one) => one.agentName === agentName && one.tool === tool);
  if (!found) throw new Error(`${agentName} has not asked for ${tool} yet`);
  return found;
}, patience);
/** What the agent's session says it came to: so nothing more of that story is to come. */
const summaryOf = (sessionId: string) => vi.waitFor(async () => {
  const [event] = await rows<{ body: string }>(`SELECT body FROM log.event WHERE stream = $1 AND type = 'session.closed'`, [`session/${sessionId}`]);
  if (!event) throw new Error('the session is not closed yet');
  return (JSON.parse(event.body) as { data: { summary: string } }).data.summary;
}, patience);
const atWork = () => vi.waitFor(async () => expect(await demoState()).toMatchObject({ running: true }), patience);

beforeAll(async () => {
  gateway = await startTestGateway({ leaseMs: 3_000 });
  boss = await gateway.person('admin');
  keeper = new DemoKeeper({
    ctx: makeContext({ kind: 'system', process: 'worker' }), logger: pino({ level: 'silent' }), dataDir: gateway.dataDir, gatewayUrl: gateway.url, pace: 0.02,
    controlKeys: () => gateway.keys.verificationKeys('control/order').values(),
    command: { entry: path.join(projectRoot(), 'lib/demo/main.ts'), execArgv: ['--import', 'tsx'] },
  });
  jobs = await startJobs([keeper], pino({ level: 'silent' }));
});
afterAll(async () => {
  await keeper.stop();
  await jobs.stop();
  await gateway.stop();
});

describe('starting', () => {
  it('takes an administrator, and there is one run at a time, on record with its seed', async () => {
    await expect(gateway.person('author').then((author) => startDemo(author))).rejects.toMatchObject({ code: 'forbidden' });
    expect(await demoState()).toMatchObject({ running: false, runId: null, effects: null });
    const [one, other] = await Promise.all([startDemo(boss, { seed: 'fixed' }), startDemo(boss, { seed: 'fixed' })]);
    expect(one.runId).toBe(other.runId);
    expect([one.started, other.started].sort()).toEqual([false, true]);
    runId = one.runId;
    await atWork();
    expect(await demoState()).toMatchObject({ wanted: true, runId, seed: 'fixed', trouble: null });
    const started = await rows<{ body: string }>(`SELECT body FROM log.event WHERE type = 'demo.started'`);
    expect(started.map(({ body }) => (JSON.parse(body) as { data: unknown }).data)).toEqual([{ runId, seed: 'fixed' }]);
  });

  it('marks everything as simulated', async () => {
    await asked('office-notes', 'send_email');
    const { listSessions } = await import('@/lib/sessions');
    const sessions = await listSessions({});
    expect(sessions.length).toBeGreaterThan(0);
    for (const session of sessions) expect(session).toMatchObject({ simulated: true, purpose: expect.stringMatching(/^SIMULATED: /) as string });
  });

  it.runIf(process.platform === 'linux')('keeps its credentials out of its command line and its environment', async () => {
    const pid = keeper.pid!;
    const seen = ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'latin1')).join('\0');
    expect(seen).toContain('main.ts');
    expect(seen).not.toMatch(/csk_|postgres|DATA_DIR|DATABASE/);
  });
});

describe('what people decide is what happens', () => {
  it('a harmless mail, approved, is sent: its permit redeemed and its file there', async () => {
    const approval = await asked('office-notes', 'send_email');
    expect(approval).toMatchObject({ tainted: false, risk: 'medium' });
    expect(existsSync(mailOf(approval))).toBe(false);
    await decideApproval(boss, { approvalId: approval.id, verdict: 'approve', digest: approval.digest });
    const mail = await vi.waitFor(() => JSON.parse(readFileSync(mailOf(approval), 'utf8')) as Record<string, unknown>, patience);
    const detail = (await getApproval(makeContext({ kind: 'system', process: 'worker' }), approval.id))!;
    expect(mail).toMatchObject({ simulated: true, actionId: approval.actionId, to: detail.args!.to, subject: detail.args!.subject });
    const redeemed = await rows(`SELECT 1 FROM log.event WHERE stream = $1 AND type = 'permit.redeemed' AND body::jsonb #>> '{data,actionId}' = $2`, [`session/${approval.sessionId}`, approval.actionId]);
    expect(redeemed).toHaveLength(1);
    expect(await summaryOf(approval.sessionId)).toMatch(/^Sent /);
  });

  it('the mail that a ticket wanted shows where its recipient came from, and denied it is never sent', async () => {
    const approval = await asked('support-triage', 'send_email');
    const detail = (await getApproval(makeContext({ kind: 'system', process: 'worker' }), approval.id))!;
    expect(approval).toMatchObject({ tainted: true, risk: 'high', state: 'pending' });
    expect(detail.rationale).toMatch(/^Routine/);
    expect(detail.args).toMatchObject({ attachments: [expect.stringContaining('/srv/support/exports/customers-')] });
    const source = detail.provenance['/to']!;
    expect(source.origin).toBe('tool');
    const [event] = await rows<{ body: string }>('SELECT body FROM log.event WHERE stream = $1 AND seq = $2', [`session/${approval.sessionId}`, source.seq]);
    const read = JSON.parse(event!.body) as { type: string; data: { tool: string; output: { rendering: string } } };
    expect(read).toMatchObject({ type: 'action.finished', data: { tool: 'read_ticket' } });
    expect(read.data.output.rendering).toContain(String(detail.args!.to));
    expect(detail.rules.map((rule) => rule.id)).toContain('email.untrusted-outside');

    await decideApproval(boss, { approvalId: approval.id, verdict: 'deny', digest: approval.digest, reason: 'nobody asked for this' });
    expect(await summaryOf(approval.sessionId)).toMatch(/was not sent to .*nobody asked for this/);
    expect(existsSync(mailOf(approval))).toBe(false);
    expect(ndjson('tickets.ndjson').some((row) => String(row.comment).startsWith('The export was not sent'))).toBe(true);
  });

  it('small refunds pass; a large one that nobody decides expires, and is not in the ledger', async () => {
    const approval = await asked('billing-helper', 'issue_refund');
    const ledger = () => ndjson('ledger.ndjson') as unknown as { actionId: string; amount: { amount: string } }[];
    expect(ledger().length).toBeGreaterThan(0);
    expect(ledger().every((row) => Number(row.amount.amount) <= 100)).toBe(true);
    await rows('UPDATE approval SET decide_by = clock_timestamp() WHERE id = $1', [approval.id]);
    await expireApprovals();
    expect(await summaryOf(approval.sessionId)).toMatch(/was not paid/);
    expect((await getApproval(makeContext({ kind: 'system', process: 'worker' }), approval.id))!.state).toBe('expired');
    expect(ledger().some((row) => row.actionId === approval.actionId)).toBe(false);
  });

  it('what the next ticket leads to expires when nobody decides: nothing is exported, nothing is sent', async () => {
    const [first] = await rows<{ id: string }>(`SELECT p.id FROM approval p JOIN agent a ON a.id = p.agent_id WHERE a.name = 'support-triage' ORDER BY p.id LIMIT 1`);
    const approval = await vi.waitFor(async () => {
      const next = (await listApprovals({ state: 'waiting' })).find((one) => one.agentName === 'support-triage' && one.id !== first!.id);
      if (!next) throw new Error('not asked again yet');
      return next;
    }, patience);
    await rows('UPDATE approval SET decide_by = clock_timestamp() WHERE id = $1', [approval.id]);
    await expireApprovals();
    expect(await summaryOf(approval.sessionId)).toMatch(/nothing was sent|was not sent/);
    expect(existsSync(mailOf(approval))).toBe(false);
    expect(existsSync(inRun('exports', `${approval.actionId}.csv`))).toBe(false);
  });

  it('counts the effects that are there', async () => {
    const { effects } = await demoState();
    expect(effects!.mails).toBeGreaterThan(0);
    expect(effects!.refunds).toBe(ndjson('ledger.ndjson').length);
    expect(effects!.exports).toBe(0);
  });

  it('denies what lies beyond a grant, and the agent goes on', async () => {
    const denied = await vi.waitFor(async () => {
      const found = await rows<{ sessionId: string; seq: string; code: string }>(`SELECT x.session_id AS "sessionId", x.seq, x.code FROM action x JOIN agent a ON a.id = x.agent_id WHERE a.name = 'infra-watch' AND x.decision = 'deny' LIMIT 1`);
      if (!found[0]) throw new Error('nothing was denied yet');
      return found[0];
    }, patience);
    expect(['capability.missing', 'policy.forbid']).toContain(denied.code);
    await vi.waitFor(async () => expect((await rows(`SELECT 1 FROM action WHERE session_id = $1 AND seq > $2 AND decision = 'allow' LIMIT 1`, [denied.sessionId, denied.seq])).length).toBe(1), patience);
  });
});

describe('its process', () => {
  it('waits for a gateway that goes away, and goes on with the same sessions', async () => {
    const pid = keeper.pid;
    await gateway.restart();
    const [before] = await rows<{ last: Date }>('SELECT max(decided_at) AS last FROM action');
    await vi.waitFor(async () => expect((await rows(`SELECT 1 FROM action WHERE decided_at > $1 AND decision = 'allow' LIMIT 1`, [before!.last])).length).toBe(1), patience);
    expect(keeper.pid).toBe(pid);
  });

  it('is started again when it dies, and what it had asked is withdrawn', async () => {
    const before = keeper.pid!;
    const open = await vi.waitFor(async () => {
      const [waiting] = await listApprovals({ state: 'waiting' });
      if (!waiting) throw new Error('nothing waits');
      return waiting;
    }, patience);
    process.kill(before, 'SIGKILL');
    await vi.waitFor(() => expect(keeper.pid).not.toBe(before), patience);
    await vi.waitFor(() => expect(keeper.pid).toBeTypeOf('number'), patience);
    await atWork();
    expect((await demoState()).runId).toBe(runId);
    expect(await summaryOf(open.sessionId)).toBe('The simulated agent was started again.');
    expect(await getApproval(makeContext({ kind: 'system', process: 'worker' }), open.id)).toMatchObject({ state: 'cancelled', cancelReason: 'session_ended' });
  });

  it('ends with all its sessions when everything is stopped, and does nothing any more', async () => {
    const { engageSwitch, signAndFence, StandingReader, workOffSwitches, controlKeysFrom } = await import('@/lib/switches');
    const keys = controlKeysFrom(gateway.keys);
    const order = await engageSwitch(boss, { scope: 'global' }, 'stop');
    await signAndFence(gateway.host, new StandingReader(keys, () => performance.now()), keys, gateway.keys.signingKey('control/order'));
    await workOffSwitches(gateway.host, [order.id], keys);
    await vi.waitFor(async () => expect(await demoState()).toMatchObject({ running: false, wanted: false }), patience);
    expect(keeper.pid).toBeUndefined();
    const open = await rows(`SELECT 1 FROM session WHERE state NOT IN ('stopped', 'closed')`);
    expect(open).toEqual([]);
    const [stopped] = await rows<{ body: string }>(`SELECT body FROM log.event WHERE type = 'demo.stopped'`);
    expect(JSON.parse(stopped!.body)).toMatchObject({ data: { runId, why: 'every agent was stopped' } });
  });

  it('stopping what does not run changes nothing', async () => {
    expect(await stopDemo(boss)).toEqual({ runId, stopped: false });
  });
});

describe('its texts', () => {
  it('are the same for a seed and others for another', () => {
    const told = (seed: string) => poisonedTicket(new Random(seed));
    expect(told('one')).toEqual(told('one'));
    expect(told('one').to).not.toBe(told('two').to);
    expect(told('one').text).toContain(told('one').to);
  });
});
