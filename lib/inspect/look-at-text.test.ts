import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lookAtText } from './look-at-text';

const canary = 'csc-0123456789abcdef01234567';

it('hides a secret wherever it stands, and keeps the shape', () => {
  const looked = lookAtText({ rows: [{ note: 'key AKIAIOSFODNN7EXAMPLE' }], n: 7 }, canary);
  expect(looked).toEqual({ verdict: 'flagged', findings: [{ detector: 'secrets', kind: 'secret', severity: 'high', path: '/rows/0/note' }], shown: { rows: [{ note: 'key [AWS key hidden]' }], n: 7 } });
});

it('shows nothing at all of what holds the canary', () => {
  expect(lookAtText(`before ${canary} after`, canary)).toMatchObject({ verdict: 'blocked', shown: null, findings: [{ detector: 'canary', severity: 'critical', span: [7, 35] }] });
  expect(lookAtText({ a: ['x', { b: canary }] }, canary)).toMatchObject({ verdict: 'blocked', shown: null, findings: [{ path: '/a/1/b' }] });
});

it('leaves what is clean as it is', () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
    const looked = lookAtText(value, canary);
    if (looked.verdict === 'clean') expect(looked.shown).toEqual(value);
  }));
});
