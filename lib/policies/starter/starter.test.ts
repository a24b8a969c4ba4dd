import { afterAll, describe, expect, it } from 'vitest';
import type { Origin } from '@/lib/protocol/decision';
import { evaluate, prepareBundle, type Outcome } from '../cedar';
import { readFacts, validateArgs } from '../read-facts';
import { validateBundle } from '../validate/validate-bundle';
import { callSentence } from '../rules';
import { starterBundle } from './index';

const prepared = prepareBundle(starterBundle());
afterAll(() => prepared.dispose());

type Situation = { origins?: Record<string, Origin>; untrustedSeen?: boolean; worst?: 'high' | 'critical'; behaviourScore?: number };
const covered = new Set<string>();
function decide(name: string, args: Record<string, unknown>, situation: Situation = {}): Outcome | { effect: 'refused'; issues: string[] } {
  const tool = prepared.tools.get(name);
  if (!tool) throw new Error(`no tool ${name}`);
  const misfits = validateArgs(tool, args);
  if (misfits.length > 0) return { effect: 'refused', issues: misfits.map((issue) => `${issue.path} ${issue.message}`) };
  const read = readFacts(prepared, tool, args);
  if (!read.ok) return { effect: 'refused', issues: read.issues.map((issue) => `${issue.path} ${issue.message}`) };
  const outcome = evaluate(prepared, {
    tool: name, facts: read.facts,
    principal: { sessionId: 's', instanceId: 'i', agentId: 'a', agentName: 'support' },
    session: { untrustedSeen: situation.untrustedSeen ?? false, enforced: true, principalType: 'user', principalVerified: true, behaviourScore: situation.behaviourScore ?? 0, constrained: false },
    provenance: Object.fromEntries(Object.entries(situation.origins ?? {}).map(([path, origin]) => [path, { origin, also: [] }])),
    findings: situation.worst ? [{ detector: 'secrets', kind: 'api-key', severity: situation.worst }] : [],
    budgets: { callsThisMinute: 1, callsThisSession: 1, sessionCostMinor: 0, dayCostMinor: 0 },
    plan: { submitted: false, conforms: false, stable: true }, ...(situation.behaviourScore === undefined ? {} : { behaviour: { history: true, firstSeenTool: false, firstSeenDestination: false, firstSeenIn: [], reasons: [] } }), environment: 'local', now: new Date('2026-03-02T03:00:00Z'),
  });
  outcome.rules.forEach((rule) => covered.add(rule.id));
  return outcome;
}
const ids = (outcome: ReturnType<typeof decide>) => ('rules' in outcome ? outcome.rules.map((rule) => rule.id) : []);

describe('the starter bundle', () => {
  it('is valid without a single error', () => {
    const verdict = validateBundle(JSON.parse(JSON.stringify(starterBundle())));
    expect(verdict.findings.filter((finding) => finding.level === 'error')).toEqual([]);
    expect(verdict.findings.map((finding) => `${finding.path} ${finding.message}`)).toEqual(['/routes/shell is critical and does not ask for a passkey']);
  });

  it('lets anyone search articles', () => {
    expect(decide('search_articles', { query: 'refund policy' }).effect).toBe('permit');
    expect(decide('search_articles', { query: 'x', everything: true })).toMatchObject({ effect: 'refused' });
  });

  it('lets tickets be read and updated, and asks before one is closed on the word of strangers', () => {
    expect(decide('read_ticket', { ticketId: 'T-1' }).effect).toBe('permit');
    expect(decide('update_ticket', { ticketId: 'T-1', comment: 'x', status: 'closed' }).effect).toBe('permit');
    expect(decide('update_ticket', { ticketId: 'T-1', status: 'solved' }, { untrustedSeen: true }).effect).toBe('permit');
    expect(decide('update_ticket', { ticketId: 'T-1', status: 'closed' }, { untrustedSeen: true })).toMatchObject({ effect: 'ask', obligation: { risk: 'low' } });
    expect(decide('update_ticket', { ticketId: '../T-1' })).toMatchObject({ effect: 'refused' });
  });

  const mail = (to: string | string[]) => ({ to, subject: 'Hello', body: 'Text' });
  it('sends mail inside, asks outside, and denies recipients it cannot read', () => {
    expect(decide('send_email', mail('ann@example.org, bob@mail.example.org')).effect).toBe('permit');
    expect(decide('send_email', mail('ann@example.org, eve@evil.test'))).toMatchObject({ effect: 'ask', obligation: { routes: ['outbound-mail'], risk: 'medium' } });
    expect(decide('send_email', mail('eve@example.org.evil.test')).effect).toBe('ask');
    expect(decide('send_email', mail('"eve@evil.test, "@example.org'))).toMatchObject({ effect: 'refused' });
    expect(decide('send_email', mail('eve@evil.test; ann@example.org'))).toMatchObject({ effect: 'refused' });
  });
  it('asks for many recipients and refuses a mass mailing', () => {
    const many = (count: number) => mail(Array.from({ length: count }, (_, n) => `p${n}@example.org`).join(', '));
    expect(decide('send_email', many(10)).effect).toBe('permit');
    expect(ids(decide('send_email', many(11)))).toEqual(['email.many']);
    expect(decide('send_email', many(200)).effect).toBe('ask');
    expect(decide('send_email', many(201))).toMatchObject({ effect: 'forbid', rules: [{ id: 'email.flood', effect: 'forbid' }] });
  });
  it('raises the risk when untrusted text shaped an e-mail that leaves', () => {
    const tainted = decide('send_email', mail('eve@evil.test'), { origins: { '/to': 'tool' } });
    expect(tainted).toMatchObject({ effect: 'ask', obligation: { routes: ['outbound-mail', 'untrusted-outbound'], risk: 'high', ownerCounts: false, reasonRequired: true, decideByMs: 600_000 } });
    expect(ids(decide('send_email', mail('ann@example.org'), { origins: { '/to': 'document' } }))).toEqual(['email.inside', 'email.untrusted-recipient']);
    expect(decide('send_email', mail('eve@evil.test'), { origins: { '/body': 'model' }, untrustedSeen: true })).toMatchObject({ obligation: { risk: 'high' } });
    expect(decide('send_email', mail('eve@evil.test'), { origins: { '/body': 'model' } })).toMatchObject({ obligation: { risk: 'medium' } });
  });
  it('keeps secrets inside', () => {
    expect(decide('send_email', mail('eve@evil.test'), { worst: 'critical' })).toMatchObject({ effect: 'forbid', rules: [{ id: 'email.secrets' }] });
    expect(decide('send_email', mail('eve@evil.test'), { worst: 'high' }).effect).toBe('ask');
    expect(decide('send_email', mail('ann@example.org'), { worst: 'critical' }).effect).toBe('permit');
  });

  const refund = (amount: string, currency = 'EUR') => ({ orderId: 'O-1', amount: { amount, currency }, reason: 'damaged' });
  it('pays small refunds, asks for larger ones, never pays very large ones or none', () => {
    expect(decide('issue_refund', refund('100.00')).effect).toBe('permit');
    expect(decide('issue_refund', refund('100.01'))).toMatchObject({ effect: 'ask', obligation: { routes: ['payments'], risk: 'high', reasonRequired: true } });
    expect(decide('issue_refund', refund('1000')).effect).toBe('ask');
    expect(decide('issue_refund', refund('1000.01'))).toMatchObject({ effect: 'forbid', rules: [{ id: 'refund.very-large' }] });
    expect(decide('issue_refund', refund('0.00'))).toMatchObject({ effect: 'forbid', rules: [{ id: 'refund.nothing' }] });
    expect(ids(decide('issue_refund', refund('5', 'USD')))).toEqual(['refund.other-currency']);
    expect(decide('issue_refund', refund('5', 'ZZZ'))).toMatchObject({ effect: 'refused' });
    expect(decide('issue_refund', refund('5.5', 'JPY'))).toMatchObject({ effect: 'refused' });
    expect(decide('issue_refund', refund('-5'))).toMatchObject({ effect: 'refused' });
  });
  it('asks about what reaches outside while an agent is quite unlike itself, and about nothing else', () => {
    expect(decide('send_email', mail('ann@example.org'), { behaviourScore: 59 }).effect).toBe('permit');
    expect(decide('send_email', mail('ann@example.org'), { behaviourScore: 60 })).toMatchObject({ effect: 'ask', obligation: { routes: ['outbound-mail'] } });
    expect(ids(decide('issue_refund', refund('5'), { behaviourScore: 90 }))).toEqual(['refund.small', 'unlike-itself.money']);
    expect(decide('issue_refund', refund('2000'), { behaviourScore: 90 }).effect).toBe('forbid');
    expect(decide('search_articles', { query: 'x' }, { behaviourScore: 100 }).effect).toBe('permit');
    expect(decide('update_ticket', { ticketId: 'T-1', comment: 'x' }, { behaviourScore: 100 }).effect).toBe('permit');
  });
  it('asks when strangers named the amount', () => {
    expect(ids(decide('issue_refund', refund('5'), { origins: { '/amount/amount': 'tool' } }))).toEqual(['refund.small', 'refund.untrusted']);
  });

  it('reads single customers and asks for the list, more gravely after untrusted input', () => {
    expect(decide('read_customer', { customerId: 'C-1' }).effect).toBe('permit');
    expect(decide('export_customers', { format: 'csv' })).toMatchObject({ effect: 'ask', obligation: { routes: ['data-export'], ownerCounts: true } });
    expect(decide('export_customers', {}, { untrustedSeen: true })).toMatchObject({ obligation: { routes: ['data-export', 'untrusted-outbound'], ownerCounts: false, useByMs: 300_000 } });
  });

  it('fetches own pages and documentation, asks for others, never enters the private network', () => {
    const fetched = (url: string) => decide('fetch_url', { url });
    expect(fetched('https://status.example.org/').effect).toBe('permit');
    expect(fetched('https://docs.python.org/3/').effect).toBe('permit');
    expect(ids(fetched('https://evil.test/?q=1'))).toEqual(['http.elsewhere']);
    expect(ids(fetched('http://docs.python.org/'))).toEqual(['http.unencrypted']);
    expect(fetched('https://docs.python.org.evil.test/').effect).toBe('ask');
    for (const url of ['http://169.254.169.254/latest/meta-data', 'http://2130706433/', 'http://[::1]/', 'http://localhost:3001/', 'http://metadata.google.internal/', 'https://10.0.0.8/']) {
      expect(fetched(url), url).toMatchObject({ effect: 'forbid', rules: [{ id: 'http.private-network' }] });
    }
    expect(fetched('https://example.org@evil.test/')).toMatchObject({ effect: 'refused' });
    expect(fetched('file:///etc/passwd')).toMatchObject({ effect: 'refused' });
  });

  it('reads files, asks before it changes them, leaves secrets alone', () => {
    for (const name of ['read_file', 'read_text_file', 'read_media_file', 'list_directory', 'list_directory_with_sizes', 'directory_tree', 'get_file_info']) expect(decide(name, { path: '/srv/docs/a.txt' }).effect, name).toBe('permit');
    expect(decide('search_files', { path: '/srv', pattern: '*.md' }).effect).toBe('permit');
    expect(decide('read_multiple_files', { paths: ['/srv/a', '/srv/b'] }).effect).toBe('permit');
    expect(decide('list_allowed_directories', {}).effect).toBe('permit');
    for (const [name, rest] of [['write_file', { content: 'x' }], ['edit_file', { edits: [{ oldText: 'a', newText: 'b' }] }], ['create_directory', {}]] as const) {
      expect(decide(name, { path: '/srv/docs/a.txt', ...rest }), name).toMatchObject({ effect: 'ask', obligation: { routes: ['file-change'] } });
    }
    expect(decide('move_file', { source: '/srv/a', destination: '/srv/b' }).effect).toBe('ask');
    expect(ids(decide('read_file', { path: '/srv/x/../.env' }))).toEqual(['files.secrets']);
    expect(ids(decide('read_multiple_files', { paths: ['/srv/a', '/srv/tls.KEY'] }))).toEqual(['files.secrets-among-many']);
    expect(ids(decide('move_file', { source: '/srv/a', destination: '/home/x/.ssh/id_rsa' }))).toEqual(['files.secrets-moved']);
    expect(decide('read_file', { path: '../../etc/passwd' })).toMatchObject({ effect: 'refused' });
    expect(decide('read_file', { path: '/srv/%2e%2e/etc' })).toMatchObject({ effect: 'refused' });
  });

  it('asks about every command and forbids those that wipe machines or come from strangers', () => {
    expect(decide('run_command', { command: 'ls -la' })).toMatchObject({ effect: 'ask', obligation: { routes: ['shell'], risk: 'critical' } });
    expect(ids(decide('run_command', { command: 'ls; /sbin/reboot' }))).toEqual(['shell.machine']);
    expect(ids(decide('run_command', { command: 'ls' }, { origins: { '/command': 'tool' } }))).toEqual(['shell.untrusted']);
    expect(decide('run_command', { command: 'ls' }, { origins: { '/command': 'model' }, untrustedSeen: true }).effect).toBe('ask');
    expect(decide('run_command', { command: 'echo "unclosed' })).toMatchObject({ effect: 'refused' });
  });

  it('has a case for every rule', () => {
    expect(Object.keys(starterBundle().policies).filter((id) => !covered.has(id))).toEqual([]);
  });

  it('says what a call does in words', () => {
    const tool = (name: string) => starterBundle().tools.find((candidate) => candidate.name === name)!;
    expect(callSentence(tool('send_email'), { ...mail('eve@evil.test'), attachments: ['customers.csv'] })).toMatchObject({ title: 'Send an e-mail with 1 attachment to eve@evil.test', destination: 'eve@evil.test', object: '“Hello” with 1 attachment' });
    expect(callSentence(tool('send_email'), mail('eve@evil.test')).title).toBe('Send an e-mail to eve@evil.test');
    expect(callSentence(tool('issue_refund'), refund('12.50')).title).toBe('Refund EUR 12.50 for order O-1');
    expect(callSentence(tool('edit_file'), { path: '/a', edits: [1, 2] }).title).toBe('Make 2 edits to /a');
  });
});
