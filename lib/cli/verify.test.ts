import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generatePrivateJwk, publicKeyText, signingKey } from '@/lib/signing';
import { linesOf, sampleLog, signWith } from '@/lib/testing/sample-export';
import { runVerify } from './verify';

const key = signingKey(generatePrivateJwk());
const word = publicKeyText(key.publicJwk);
const folder = mkdtempSync(join(tmpdir(), 'verify-'));
const file = (name: string, text?: string) => {
  const path = join(folder, name);
  if (text !== undefined) writeFileSync(path, text);
  return path;
};
let lines: string[];
let whole: string;

beforeAll(async () => {
  const log = await sampleLog({ sign: signWith(key), segments: 3, streams: 3, eventsEach: 6, seed: 5 });
  lines = await linesOf(log.parts, signWith(key));
  whole = file('whole.ndjson', `${lines.join('\n')}\n`);
  file('anchor.ndjson', log.checkpoints.map(({ jws }) => jws).join('\n'));
  file('short-anchor.ndjson', log.checkpoints[0]!.jws);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...argv: string[]) {
  const written = { out: '', err: '' };
  const code = await runVerify(argv, { out: (text) => void (written.out += text), err: (text) => void (written.err += text) });
  return { code, ...written };
}

describe('countersign verify', () => {
  it('accepts a whole export under the key, given as a word or in a file of any of its forms', async () => {
    const pem = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: word }, format: 'jwk' }).export({ type: 'spki', format: 'pem' }) as string;
    const forms = [word, file('word', `${word}\n`), file('jwk', JSON.stringify(key.publicJwk)), file('jwks', JSON.stringify({ keys: [key.publicJwk] })), file('pem', pem), JSON.stringify(key.publicJwk)];
    for (const form of forms) expect(await run(whole, '--key', form), form).toMatchObject({ code: 0, out: expect.stringMatching(/^Verified: 18 events/) });
  });

  it('takes several keys, and a key that begins with a dash', async () => {
    let other = signingKey(generatePrivateJwk());
    while (!publicKeyText(other.publicJwk).startsWith('-')) other = signingKey(generatePrivateJwk());
    expect((await run(whole, '--key', publicKeyText(other.publicJwk), '--key', word)).code).toBe(0);
    expect((await run('--key', publicKeyText(other.publicJwk), whole)).code).toBe(3);
  });

  it('says UNTRUSTED KEY and fails without a key or with another', async () => {
    expect(await run(whole)).toMatchObject({ code: 3, out: expect.stringContaining('UNTRUSTED KEY') });
    expect(await run(whole, '--key', publicKeyText(signingKey(generatePrivateJwk()).publicJwk))).toMatchObject({ code: 3, out: expect.stringContaining('UNTRUSTED KEY') });
  });

  it('names what was done, for people and for scripts', async () => {
    const changed = file('changed.ndjson', `${lines.with(3, lines[3]!.replace('send_email', 'send_emails')).join('\n')}\n`);
    const people = await run(changed, '--key', word);
    expect(people.code).toBe(1);
    expect(people.out).toMatch(/NOT VERIFIED: \d+ findings?\n {2}Event \d+ of session\/\d does not match its hash/);
    const script = await run(changed, '--key', word, '--json');
    expect(script.out.split('\n')).toHaveLength(2);
    expect(JSON.parse(script.out)).toMatchObject({ ok: false, status: 'failed', findings: expect.arrayContaining([expect.objectContaining({ kind: 'event_changed' })]) });
    expect(JSON.parse((await run(whole, '--key', word, '--json')).out)).toMatchObject({ ok: true, status: 'verified', summary: { events: 18 } });
  });

  it('holds it against an anchor', async () => {
    const at = lines.findIndex((line) => line.includes('"kind":"checkpoint"'));
    const older = file('older.ndjson', `${(await linesOf((await sampleLog({ sign: signWith(key), segments: 1, streams: 3, eventsEach: 6, seed: 5 })).parts, signWith(key))).join('\n')}\n`);
    expect(at).toBeGreaterThan(0);
    expect((await run(whole, '--key', word, '--anchor', file('anchor.ndjson'))).code).toBe(0);
    expect((await run(older, '--key', word)).code).toBe(0);
    expect((await run(older, '--key', word, '--anchor', file('short-anchor.ndjson'))).code).toBe(0);
    expect(await run(older, '--key', word, '--anchor', file('anchor.ndjson'))).toMatchObject({ code: 1, out: expect.stringContaining('The anchor knows checkpoint 3') });
  });

  it('explains wrong use, and tells it from a bad export', async () => {
    expect(await run()).toMatchObject({ code: 2, err: expect.stringContaining('Name one export file') });
    expect(await run(whole, '--kee', word)).toMatchObject({ code: 2, err: expect.stringContaining('--kee') });
    expect(await run(whole, '--key', 'nonsense')).toMatchObject({ code: 2, err: expect.stringContaining('nonsense') });
    expect(await run(whole, '--key', whole)).toMatchObject({ code: 2, err: expect.stringContaining('holds no Ed25519 public key') });
    expect(await run(join(folder, 'nowhere'), '--key', word)).toMatchObject({ code: 2, err: expect.stringContaining('ENOENT') });
    expect(JSON.parse((await run(folder, '--key', word, '--json')).out)).toMatchObject({ ok: false, status: 'unusable' });
    expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('--anchor FILE') });
  });

  it('does not let a file steer the terminal', async () => {
    const evil = file('evil.ndjson', `${lines.with(3, lines[3]!.replace(/session\/\d/, 'session/\u202e\u200b')).join('\n')}\n`);
    const { out } = await run(evil, '--key', word);
    expect(out).not.toMatch(/[\u202e\u200b]/);
  });
});
