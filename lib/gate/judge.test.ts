import { randomBytes } from 'node:crypto';
import { afterAll, expect, it } from 'vitest';
import { prepareBundle, starterBundle } from '@/lib/policies';
import type { Capability } from '@/lib/protocol/identity';
import { newId } from '@/lib/protocol/ids';
import type { SessionRow } from '@/lib/sessions/schema';
import { Budgets } from './budgets';
import { judge, type Judgement } from './judge';
import { makeLiveSession } from './live-session';

const starter = starterBundle(1);
const [ownDomain] = starter.organisation.domains;
const bundle = {
  ...starter,
  policies: {
    ...starter.policies,
    'tickets.no-secrets': { text: '@reason("Credentials do not belong in a ticket.")\nforbid (principal, action == Action::"call", resource == Tool::"update_ticket")\nwhen { context.findings.detectors.contains("secrets") };' },
  },
};
const prepared = prepareBundle(bundle);
afterAll(() => { prepared.dispose(); });

const canary = `csc-${randomBytes(16).toString('hex')}`;
const delimiter = `data-${randomBytes(16).toString('hex')}`;
function judged(args: Record<string, unknown>): Judgement {
  const capabilities: Capability[] = [{ type: 'tool', tool: 'ticket_system', actions: ['*'], scope: '**' }];
  const agentId = newId();
  const row: SessionRow = { id: newId(), agentId, instanceId: newId(), generation: 1, state: 'open', enforcement: 'enforced', purpose: 'tickets', canary, delimiter, untrustedSeen: false, principal: null, openedAt: new Date() };
  const session = makeLiveSession(row, { id: agentId, name: 'helper', active: true, enforced: true, simulated: false, ownerId: null, tokensFrom: null, capabilities }, capabilities, randomBytes(32), true);
  const active = { version: 'test', sequence: 1, sha256: '0'.repeat(64), prepared };
  return judge({ session, body: { tool: 'update_ticket', args }, active, orders: { list: [], byCover: new Map() }, budgets: new Budgets(), environment: 'local', now: new Date(), monotonicMs: 0 });
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
