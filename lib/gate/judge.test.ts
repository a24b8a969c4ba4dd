import { randomBytes } from 'node:crypto';
import { afterAll, expect, it } from 'vitest';
import { prepareBundle, starterBundle } from '@/lib/policies';
import type { Capability } from '@/lib/protocol/identity';
import { newId } from '@/lib/protocol/ids';
import type { SessionRow } from '@/lib/sessions/schema';
import { Budgets } from './budgets';
import { judge, type JudgeInput, type Judgement } from './judge';
import { agentKey, dayOf } from './limit-keys';
import { makeLiveSession } from './live-session';

const starter = starterBundle(1);
const [ownDomain] = starter.organisation.domains;
const bundle = {
  ...starter,
  policies: {
    ...starter.policies,
    'tickets.no-secrets': { text: '@reason("Credentials do not belong in a ticket.")\nforbid (principal, action == Action::"call", resource == Tool::"update_ticket")\nwhen { context.findings.detectors.contains("secrets") };' },
    'tickets.sparingly': { text: '@reason("Three comments are enough, and a little money.")\nforbid (principal, action == Action::"call", resource == Tool::"update_ticket")\nwhen { context.budgets.callsThisSession > 3 || context.budgets.callsThisMinute > 2 || context.budgets.sessionCostMinor > 100 || context.budgets.dayCostMinor > 200 };' },
  },
};
const prepared = prepareBundle(bundle);
afterAll(() => { prepared.dispose(); });

const canary = `csc-${randomBytes(16).toString('hex')}`;
const delimiter = `data-${randomBytes(16).toString('hex')}`;
function judged(args: Record<string, unknown>, { calls = 0, recent = 0, costE4 = 0, dayE4 = 0, ...more }: { calls?: number; recent?: number; costE4?: number; dayE4?: number } & Partial<Pick<JudgeInput, 'limits'>> = {}): Judgement {
  const capabilities: Capability[] = [{ type: 'tool', tool: 'ticket_system', actions: ['*'], scope: '**' }];
  const agentId = newId();
  const row: SessionRow = { id: newId(), agentId, instanceId: newId(), generation: 1, state: 'open', enforcement: 'enforced', purpose: 'tickets', canary, delimiter, untrustedSeen: false, principal: null, openedAt: new Date() };
  const session = makeLiveSession(row, { id: agentId, name: 'helper', active: true, enforced: true, simulated: false, ownerId: null, tokensFrom: null, capabilities }, capabilities, randomBytes(32), true);
  const active = { version: 'test', sequence: 1, sha256: '0'.repeat(64), prepared };
  session.calls = calls;
  session.recentCalls.push(...Array.from({ length: recent }, () => 0));
  session.costE4 = costE4;
  const [budgets, now] = [new Budgets(), new Date()];
  budgets.learn([{ key: agentKey(agentId), window: dayOf(now), calls: 0, costE4: dayE4 }]);
  return judge({ session, body: { tool: 'update_ticket', args, estimate: { cost: { amount: '0.40', currency: 'EUR' } } }, active, orders: { list: [], byCover: new Map() }, budgets, environment: 'local', now, monotonicMs: 0, ...more });
}

it('allows plain arguments, without a finding', () => expect(judged({ ticketId: 'T-1', comment: 'Refund done.' })).toMatchObject({ effect: 'allow', code: 'policy.permit', findings: [] }));

it.each([
  ['as it is', (mark: string) => `note ${mark}`], ['spaced', (mark: string) => [...mark].join(' ')], ['in base64', (mark: string) => Buffer.from(`see ${mark}!`).toString('base64')],
])('denies an argument that holds the canary, %s, before any rule is asked', (_, write) => {
  const verdict = judged({ ticketId: 'T-1', comment: write(canary) });
  expect(verdict).toMatchObject({ effect: 'deny', code: 'inspect.blocked', rules: [], reservations: [], findings: [{ detector: 'canary', severity: 'critical', path: '/comment' }] });
  expect(verdict.reason).toContain('/comment');
  expect(verdict.reason).not.toContain(canary);
});

it('tells the rules what the detectors saw, with where', () => {
  const comment = 'The key is AKIAQ4X7ZB2M9T6LKW3P.';
  expect(judged({ ticketId: 'T-1', comment })).toMatchObject({ effect: 'deny', code: 'policy.forbid', reason: 'Credentials do not belong in a ticket.', findings: [{ detector: 'secrets', kind: 'aws_key', path: '/comment', span: [11, 31] }] });
  const likeness = judged({ ticketId: 'T-1', comment: `Write to billing@${ownDomain!.replace(/\.[a-z]+$/, '-support.com')}` });
  expect(likeness.findings.map(({ detector, kind, path }) => [detector, kind, path])).toContainEqual(['egress', 'look_alike_domain', '/comment']);
});

it('counts a call once, whether it is new or has its place in the limits already', () => {
  const comment = { ticketId: 'T-1', comment: 'Refund done.' };
  const forbidden = { effect: 'deny', code: 'policy.forbid', reason: 'Three comments are enough, and a little money.' };
  const taken = { limits: [] };
  expect(judged(comment, { calls: 2 })).toMatchObject({ effect: 'allow' });
  expect(judged(comment, { calls: 3 })).toMatchObject(forbidden);
  expect(judged(comment, { calls: 3, ...taken })).toMatchObject({ effect: 'allow' });
  expect(judged(comment, { calls: 4, ...taken })).toMatchObject(forbidden);
  expect(judged(comment, { recent: 1 })).toMatchObject({ effect: 'allow' });
  expect(judged(comment, { recent: 2 })).toMatchObject(forbidden);
  expect(judged(comment, { recent: 2, ...taken })).toMatchObject({ effect: 'allow' });
  expect(judged(comment, { recent: 3, ...taken })).toMatchObject(forbidden);
  for (const [cost, most] of [['costE4', 10_000], ['dayE4', 20_000]] as const) {
    expect(judged(comment, { [cost]: most - 4_000 })).toMatchObject({ effect: 'allow' });
    expect(judged(comment, { [cost]: most - 3_900 })).toMatchObject(forbidden);
    expect(judged(comment, { [cost]: most, ...taken })).toMatchObject({ effect: 'allow' });
    expect(judged(comment, { [cost]: most + 100, ...taken })).toMatchObject(forbidden);
  }
});
