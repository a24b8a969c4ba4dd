import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { About, Detector } from './detector';
import { lookAtText } from './look-at-text';
import { MOST_LOOKED_AT, runDetectors } from './run-detectors';

const canary = 'csc-0123456789abcdef01234567';
const about: About = { channel: 'result', trusted: false, canary, delimiter: 'data-77', domains: [] };
/** Sees the word "weasel", as sure as it is told to be. */
const weasel = (score: number): Detector => ({ id: 'weasel', version: 3, see: (text) => [...text.matchAll(/weasel/g)].map((match) => ({ kind: 'animal', severity: 'high', score, span: [match.index, match.index + 6] })) });

it('hides a secret wherever it stands, and keeps the shape', () => {
  const looked = lookAtText({ rows: [{ note: 'key AKIAIOSFODNN7EXAMPLE' }], n: 7 }, about);
  expect(looked).toEqual({ verdict: 'flagged', findings: [{ detector: 'secrets', kind: 'secret', severity: 'high', path: '/rows/0/note' }], shown: { rows: [{ note: 'key [AWS key hidden]' }], n: 7 } });
});

it('cuts nothing, also where what stands for a secret is longer than the secret', () => {
  const { shown } = lookAtText('password: Hunter2! and then the order T-1234', about);
  expect(shown).toMatch(/^password: \[password hidden\].*and then the order T-1234$/);
});

it('shows nothing at all of what holds the canary', () => {
  expect(lookAtText(`before ${canary} after`, about)).toMatchObject({ verdict: 'blocked', shown: null, findings: [{ detector: 'canary', severity: 'critical', span: [7, 35] }] });
  expect(lookAtText({ a: ['x', { b: canary }] }, about)).toMatchObject({ verdict: 'blocked', shown: null, findings: [{ path: '/a/1/b' }] });
});

it('leaves what is clean as it is', () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
    const looked = lookAtText(value, about);
    if (looked.verdict === 'clean') expect(looked.shown).toEqual(value);
  }));
});

it('says where a detector saw it, by pointer and by place in the text', () => {
  const { worst, findings } = runDetectors([{ text: 'a weasel', path: '/x~1y/0' }, { text: 'none', path: '/z' }], about, {}, [weasel(0.8)]);
  expect(worst).toBe('flagged');
  expect(findings).toEqual([{ detector: 'weasel', kind: 'animal', severity: 'high', path: '/x~1y/0', span: [2, 8], score: 0.8, version: 3 }]);
});

it('goes by the thresholds of the bundle', () => {
  const say = (score: number, inspection: Parameters<typeof runDetectors>[2]) => runDetectors([{ text: 'weasel', path: '' }], about, inspection, [weasel(score)]);
  expect(say(0.4, {})).toEqual({ worst: 'clean', findings: [] });
  expect(say(0.4, { weasel: { on: true, flagAt: 0.3, blockAt: 1 } }).worst).toBe('flagged');
  expect(say(0.9, { weasel: { on: true, flagAt: 0.3, blockAt: 0.85 } }).worst).toBe('blocked');
  expect(say(0.9, { weasel: { on: false, flagAt: 0, blockAt: 0 } })).toEqual({ worst: 'clean', findings: [] });
  expect(say(1, {}).worst).toBe('blocked');
});

it('looks at head, tail and parts of a text that is too long, and says what it left out', () => {
  const long = `weasel${'x'.repeat(3_000_000)}weasel`;
  const { findings, worst } = runDetectors([{ text: long, path: '/log' }], about, {}, [weasel(0.8)]);
  expect(worst).toBe('flagged');
  expect(findings.filter((finding) => finding.kind === 'animal').map((finding) => finding.span)).toEqual([[0, 6], [long.length - 6, long.length]]);
  const left = findings.find((finding) => finding.kind === 'not_looked_at');
  expect(left).toMatchObject({ detector: 'inspect', severity: 'info', path: '/log' });
  expect(left!.span![0]).toBeGreaterThan(1_000);
});

it('does not let one long text keep the others from being looked at, nor flag for length alone', () => {
  const leaves = [{ text: 'x'.repeat(10_000_000), path: '/0' }, { text: 'a weasel', path: '/1' }];
  expect(runDetectors(leaves, about, {}, [weasel(0.8)]).findings.map(({ kind, path }) => [kind, path])).toEqual([['not_looked_at', '/0'], ['animal', '/1']]);
  expect(runDetectors(leaves.slice(0, 1), about, {}, [weasel(0.8)]).worst).toBe('clean');
});

it('never hands a detector more than its share, and spans that lie in the text', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 300_000 }), { maxLength: 6 }), (lengths) => {
    let handed = 0;
    const counting: Detector = { id: 'counting', version: 1, see: (text) => { handed += text.length; return [{ kind: 'all', severity: 'low', score: 0.6, span: [0, text.length] }]; } };
    const leaves = lengths.map((length, i) => ({ text: 'y'.repeat(length), path: `/${i}` }));
    const { findings } = runDetectors(leaves, about, {}, [counting]);
    expect(handed).toBeLessThanOrEqual(MOST_LOOKED_AT);
    if (lengths.reduce((a, b) => a + b, 0) <= MOST_LOOKED_AT) expect(handed).toBe(lengths.reduce((a, b) => a + b, 0));
    for (const { path, span } of findings) expect(span![1]).toBeLessThanOrEqual(lengths[Number(path!.slice(1))]!);
  }), { numRuns: 40 });
});
