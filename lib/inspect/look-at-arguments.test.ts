import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookAtArguments } from './look-at-arguments';

const canary = 'csc-9d1f07b3e65a4c82b0f96e1d3a7c5842';
const about = { channel: 'argument', trusted: false, canary, delimiter: 'data-1', domains: ['acmesoft.co.uk'] } as const;
const random = canary.slice(4);

describe('lookAtArguments', () => {
  it('blocks the canary in any form, in any argument, and says where', () => {
    expect(lookAtArguments({ to: 'a@acmesoft.co.uk', parts: [{ note: `x ${canary}` }] }, about)).toMatchObject({ worst: 'blocked', findings: [{ detector: 'canary', kind: 'canary_leaked', severity: 'critical', path: '/parts/0/note', span: [2, 2 + canary.length] }] });
    expect(lookAtArguments({ q: Buffer.from(`id=${canary}`).toString('base64') }, about)).toMatchObject({ worst: 'blocked', findings: [{ kind: 'canary_disguised', path: '/q' }] });
    expect(lookAtArguments({ [`k${canary}`]: 1 }, about).worst).toBe('blocked');
  });

  it('blocks a canary that is scattered over several arguments', () => {
    expect(lookAtArguments({ a: `csc-${random.slice(0, 8)}`, b: random.slice(8, 16), c: [random.slice(16, 24), random.slice(24)] }, about)).toMatchObject({ worst: 'blocked', findings: [{ detector: 'canary', kind: 'canary_disguised' }] });
    expect(lookAtArguments({ a: 'csc-', b: random.slice(0, 8), c: 'and no more' }, about).worst).toBe('clean');
  });

  it('lets no long text keep the others from being looked at, whichever comes first', () => {
    const long = 'lorem ipsum '.repeat(130_000);
    for (const args of [{ body: long, to: 'https://webhook.site/abc?d=1' }, { to: 'https://webhook.site/abc?d=1', body: long }]) {
      const { worst, findings } = lookAtArguments(args, about);
      expect(worst).toBe('flagged');
      expect(findings).toEqual(expect.arrayContaining([expect.objectContaining({ detector: 'egress', path: '/to' }), expect.objectContaining({ kind: 'not_looked_at', path: '/body' })]));
    }
    expect(lookAtArguments({ body: long, a: `csc-${random.slice(0, 16)}`, b: random.slice(16) }, about)).toMatchObject({ worst: 'blocked' });
  });

  it('keeps to the thresholds of the bundle, except for the canary', () => {
    const secret = { body: 'key AKIAQ4X7ZB2M9T6LKW3P.' };
    expect(lookAtArguments(secret, about).findings).toHaveLength(1);
    expect(lookAtArguments(secret, about, { secrets: { on: false, flagAt: 0.5, blockAt: 1 } })).toEqual({ worst: 'clean', findings: [] });
    expect(lookAtArguments(secret, about, { secrets: { on: true, flagAt: 0.5, blockAt: 0.5 } }).worst).toBe('blocked');
    expect(lookAtArguments({ a: canary }, about, { canary: { on: false, flagAt: 1, blockAt: 1 } }).worst).toBe('blocked');
  });

  it('finds it behind what is too long to be looked at in full, and says what was left out', () => {
    const filler = 'the quick brown fox jumps over the lazy dog '.repeat(20_000);
    const seen = lookAtArguments({ body: `${filler}${canary}${filler}` }, about);
    expect(seen.worst).toBe('blocked');
    const long = lookAtArguments({ body: filler }, about);
    expect(long).toMatchObject({ worst: 'clean', findings: [{ detector: 'inspect', path: '/body' }] });
  });

  it('flags what the other detectors see, with the pointer to it and its place', () => {
    const { worst, findings } = lookAtArguments({ to: ['ops@acmes0ft.co.uk'], body: 'key AKIAQ4X7ZB2M9T6LKW3P.' }, about);
    expect(worst).toBe('flagged');
    expect(findings).toEqual(expect.arrayContaining([
      expect.objectContaining({ detector: 'egress', kind: 'look_alike_domain', path: '/to/0' }),
      expect.objectContaining({ detector: 'secrets', kind: 'aws_key', severity: 'high', path: '/body', span: [4, 24] }),
    ]));
  });

  it('points into the right one of many short texts, and takes no longer for their number', () => {
    const rows = Array.from({ length: 400 }, (_, i) => `row ${i}`);
    rows[217] = 'see AKIAQ4X7ZB2M9T6LKW3P';
    expect(lookAtArguments({ rows }, about)).toEqual({ worst: 'flagged', findings: [{ detector: 'secrets', kind: 'aws_key', severity: 'high', path: '/rows/217', span: [4, 24] }] });
    const from = process.cpuUsage();
    lookAtArguments({ rows: Array.from({ length: 60_000 }, () => 'x') }, about);
    const { user, system } = process.cpuUsage(from);
    expect((user + system) / 1_000).toBeLessThan(250);
  });

  it('keeps one of each kind, however many there are of another', () => {
    const { findings } = lookAtArguments({ a: Array.from({ length: 90 }, (_, i) => `http://203.0.113.${i}/`), b: 'AKIAQ4X7ZB2M9T6LKW3P' }, about);
    expect(findings).toHaveLength(50);
    expect(findings.map(({ kind }) => kind)).toContain('aws_key');
    expect(findings.map(({ kind }) => kind)).toContain('ip_literal');
  });

  it('is clean on plain arguments, and takes little time on any', () => {
    expect(lookAtArguments({ ticketId: 'T-1042', status: 'done', amount: 12.5, tags: ['a', 'b'], nothing: null }, about)).toEqual({ worst: 'clean', findings: [] });
    fc.assert(fc.property(fc.object({ maxDepth: 5 }), (args) => {
      const { worst, findings } = lookAtArguments(args, about);
      expect(worst === 'blocked').toBe(findings.some(({ detector }) => detector === 'canary'));
    }));
  });
});
