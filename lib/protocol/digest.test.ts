import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { actionDigest } from './digest';

it('is the SHA-256 of the canonical text of args and tool', () => {
  const text = '{"args":{"body":"Ünï","to":["a@example.org"]},"tool":"send_email"}';
  expect(actionDigest('send_email', { to: ['a@example.org'], body: 'Ünï' })).toBe(createHash('sha256').update(text).digest('hex'));
});

it('stays what it was: a client in another language computes the same', () => {
  expect(actionDigest('issue_refund', { amount: '12.50', orderId: 'A-1' })).toBe(
    createHash('sha256').update('{"args":{"amount":"12.50","orderId":"A-1"},"tool":"issue_refund"}').digest('hex'),
  );
});

it('tells apart what only looks alike', () => {
  expect(actionDigest('t', { n: 1 })).not.toBe(actionDigest('t', { n: '1' }));
  expect(actionDigest('t', { n: null })).not.toBe(actionDigest('t', {}));
  expect(actionDigest('t', { n: -0 })).toBe(actionDigest('t', { n: 0 }));
});
