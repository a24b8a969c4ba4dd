import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idleMs } from '@/lib/testing/processor-time';
import { hideSecrets, redactText, renderArgs } from './redact';

it.each([
  ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----', 'MIIE'],
  ['key AKIAIOSFODNN7EXAMPLE here', 'AKIAIOSFODNN7EXAMPLE'],
  ['postgres://app:hunter2hunter@db/x', 'hunter2hunter'],
  ['password=correct-horse', 'correct-horse'],
  ['{"api_key": "abcdef123456"}', 'abcdef123456'],
  ['Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefghijkl', 'eyJzdWIiOiIxMjM0In0'],
  ['ASIAIOSFODNN7EXAMPLE', 'ASIAIOSFODNN7EXAMPLE'], [`ghp_${'a1'.repeat(18)}`, 'a1a1'], [`github_pat_${'b2'.repeat(20)}`, 'b2b2'], ['xoxb-1234567890-abc', '1234567890'], [`sk_live_${'c3'.repeat(10)}`, 'c3c3'],
  [`rk_test_${'d4'.repeat(10)}`, 'd4d4'], [`sk-${'e5'.repeat(12)}`, 'e5e5'], [`AIza${'f6'.repeat(17)}f`, 'f6f6'], [`csk_agent_${'a7'.repeat(12)}`, 'a7a7'], ['PWD = hunter2x', 'hunter2x'], ["Secret: 'swordfish'", 'swordfish'],
  ['TOKEN=abcdefgh', 'abcdefgh'], ['api-key: zyxwvuts', 'zyxwvuts'], ['Passwd:zyxwvuts', 'zyxwvuts'],
])('hides the secret in %j', (text, secret) => expect(redactText(text)).not.toContain(secret));

it('hides what a secret-looking name holds, at any depth, and in lists', () => {
  const shown = renderArgs({ to: 'a@example.org', auth: { password: 'abc', tokens: 'ok' }, token: ['t1', 't2'] });
  expect(shown).toContain('a@example.org');
  expect(shown).not.toMatch(/abc|t1|t2/);
});

it('is bounded and never throws, whatever the arguments', () => {
  fc.assert(fc.property(fc.object({ maxDepth: 8 }), (value) => renderArgs(value).length < 1_300));
  expect(renderArgs({ body: 'x'.repeat(250_000) }).length).toBeLessThan(400);
});

describe('hideSecrets', () => {
  it('replaces every detected secret by its kind, cuts nothing and counts them', () => {
    const long = 'x'.repeat(10_000);
    expect(hideSecrets({ note: `${long} AKIAABCDEFGHIJKLMNOP`, list: [{ token: 'abc' }], n: 1, nothing: null })).toEqual({ value: { note: `${long} [AWS key hidden]`, list: [{ token: '[hidden]' }], n: 1, nothing: null }, hidden: 2 });
    expect(hideSecrets('a plain text')).toEqual({ value: 'a plain text', hidden: 0 });
  });
});

it.each(['sk-', '-----BEGIN PRIVATE KEY-----', '-----BEGIN PRIVATE KEY----------END FOO-----', 'password=a1b2c3 ', 'api_key="', 'key ', '://a:b@c ', 'eyJ0eyJ0.', '|', '1|', '-u a:bbbbbbb ', 'xoxb-1', 'tokentoken'])('takes time by its length and no more on a wire\'s fill of %j', (unit) => {
  const text = unit.repeat(Math.ceil((256 * 1024) / unit.length));
  expect(idleMs(() => redactText(text, text.length + 1), 250)).toBeLessThan(2_500);
});

it('hides all of what goes on like a key, and a private key to where it ends', () => {
  const row = 'sk-'.repeat(2_000);
  expect(redactText(`see ${row}, then`, 10_000)).toBe('see [API key hidden], then');
  const pem = (body: string) => `-----BEGIN RSA PRIVATE KEY-----\n${body}\n-----END RSA PRIVATE KEY-----`;
  expect(redactText(`a ${pem('MIIE')} b ${pem('-----END NOTE-----')} c ${pem('MIIF').slice(0, 40)}`, 1_000)).toBe('a [private key hidden] b [private key hidden] c [private key hidden]');
});

it('cuts through no character: what is recorded of a text has to be a text', () => {
  for (let before = 1_190; before < 1_205; before++) expect(redactText(`${'x'.repeat(before)}${'🎉'.repeat(300)}`)).not.toMatch(/\p{Surrogate}/u);
});
