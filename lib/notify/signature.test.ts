import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '@/lib/project-root';
import { signatureHeader, verifySignature } from './signature';

type Verify = (secret: string, header: string | undefined, body: string, now: number) => boolean;
const ours: Verify = (secret, header, body, now) => verifySignature(secret, header, body, new Date(now));
/** What receivers copy: run as it stands in the documentation. */
let theirs: Verify;
beforeAll(async () => {
  const text = readFileSync(path.join(projectRoot(), 'docs', 'notifications.md'), 'utf8');
  const [, code] = /```js\n([\s\S]+?)```/.exec(text)!;
  theirs = ((await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code!)}`)) as { isOurs: Verify }).isOurs;
});

const secret = 'cs_whsec_test';
const body = '{"a":"größer"}';
const now = 1_764_180_000_500;
const good = signatureHeader([secret], body, new Date(now));
const mac = good.split('v1=')[1]!;
const t = good.split(',')[0]!;

describe.each([['in the documentation', (): Verify => theirs], ['of ours', (): Verify => ours]])('the receiver %s', (_whose, verify) => {
  it('takes what is signed by the secret that it knows, also beside another', () => {
    expect(verify()(secret, good, body, now)).toBe(true);
    for (const secrets of [['new', secret], [secret, 'old']]) expect(verify()(secret, signatureHeader(secrets, body, new Date(now)), body, now)).toBe(true);
    expect([-299_000, 299_000].map((off) => verify()(secret, good, body, now + off))).toEqual([true, true]);
  });

  it('refuses what is forged, old or no header at all, and throws at none', () => {
    const forged: (string | undefined)[] = [
      undefined, '', ',', '=', 't', 'v1', t, `${t},v1`, `${t},v1=`, `v1=${mac}`, `t=,v1=${mac}`, `t=x,v1=${mac}`, `t=NaN,v1=${mac}`, `t=Infinity,v1=${mac}`, `t,v1=${mac}`, `${t},v0=${mac}`, `${t},v1=${mac.slice(1)}`, `${t},v1=${mac}0`,
      `${t},v1=${'0'.repeat(64)}`, `${t},v1=${'é'.repeat(64)}`, `${t},v1=${'é'.repeat(32)}`, `${t},v1=${'日'.repeat(64)}`, `${t},v1=${'\ud800'.repeat(64)}`, `${t},v1=${'z'.repeat(64)}`, `t=${Number(t.slice(2)) + 1},v1=${mac}`, `${t};v1=${mac}`, `${t},v1,v1=`, `t=1,${'v1=,'.repeat(10_000)}`,
    ];
    expect(forged.filter((header) => verify()(secret, header, body, now))).toEqual([]);
    expect([verify()('another', good, body, now), verify()(secret, good, `${body} `, now), verify()(secret, good, body, now + 301_000), verify()(secret, good, body, now - 301_000)]).toEqual([false, false, false, false]);
  });

  it('answers no to whatever else it is sent', () => {
    const part = fc.oneof(fc.constantFrom('t', 'v1', '=', ',', t, `v1=${mac.replace(/^./, (one) => (one === '0' ? '1' : '0'))}`), fc.string({ unit: 'binary', maxLength: 70 }));
    fc.assert(fc.property(fc.array(part, { maxLength: 6 }), (parts) => { expect(verify()(secret, parts.join(','), body, now)).toBe(false); }), { numRuns: 500 });
  });
});
