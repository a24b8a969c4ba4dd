import { createHmac, createPrivateKey, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeBase64url } from '@/lib/protocol/base64url';
import { readPublicJwk } from '@/lib/protocol/ed25519-key';
import { signJws, verifyJws } from './jws';
import { readJwks } from './jwks';
import { generatePrivateJwk, signingKey } from './signing-key';

const privateJwk = generatePrivateJwk();
const key = signingKey(privateJwk);
const keys = new Map([[key.kid, readPublicJwk(key.publicJwk)!]]);
const typ = 'permit+jwt';

/** A token with any header, signed with the real key: what an attacker who could sign, or a careless issuer, would send. */
function forge(header: object | string, payload: object | string = { a: 1 }): string {
  const segment = (part: object | string) => encodeBase64url(typeof part === 'string' ? part : JSON.stringify(part));
  const signed = `${segment(header)}.${segment(payload)}`;
  return `${signed}.${encodeBase64url(key.sign(Buffer.from(signed)))}`;
}
const reason = (token: string) => {
  const result = verifyJws(token, { keys, typ });
  return result.ok ? 'accepted' : result.reason;
};
const header = { alg: 'EdDSA', kid: key.kid, typ };

describe('a compact JWS', () => {
  it('verifies what it signed, and writes the same text each time', () => {
    const token = signJws(key, typ, { b: 2, a: 'é' });
    expect(verifyJws(token, { keys, typ })).toEqual({ ok: true, payload: { a: 'é', b: 2 }, kid: key.kid });
    expect(signJws(key, typ, { a: 'é', b: 2 })).toBe(token);
  });

  it('signs the example of RFC 8037 appendix A as it stands there', () => {
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
    const d = 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A';
    const example = signingKey({ kty: 'OKP', crv: 'Ed25519', x, d, kid: '', alg: 'EdDSA', use: 'sig' });
    expect(example.kid).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
    const signed = 'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc';
    expect(encodeBase64url(example.sign(Buffer.from(signed)))).toBe('hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg');
  });

  it.each([
    ['alg none', forge({ ...header, alg: 'none' }), 'wrong_algorithm'],
    ['alg none without a signature', `${encodeBase64url(JSON.stringify({ ...header, alg: 'none' }))}.e30.`, 'wrong_algorithm'],
    ['alg in another case', forge({ ...header, alg: 'EdDsa' }), 'wrong_algorithm'],
    ['no alg', forge({ kid: key.kid, typ }), 'wrong_algorithm'],
    ['another typ', forge({ ...header, typ: 'at+jwt' }), 'wrong_type'],
    ['typ in another case', forge({ ...header, typ: 'Permit+jwt' }), 'wrong_type'],
    ['no typ', forge({ alg: 'EdDSA', kid: key.kid }), 'wrong_type'],
    ['an embedded jwk', forge({ ...header, jwk: key.publicJwk }), 'refused_header'],
    ['jku', forge({ ...header, jku: 'https://evil.example/jwks' }), 'refused_header'],
    ['x5u', forge({ ...header, x5u: 'https://evil.example/x' }), 'refused_header'],
    ['x5c', forge({ ...header, x5c: [] }), 'refused_header'],
    ['crit', forge({ ...header, crit: ['exp'] }), 'refused_header'],
    ['b64', forge({ ...header, b64: false }), 'refused_header'],
    ['a duplicate header member', forge(`{"alg":"EdDSA","alg":"EdDSA","kid":"${key.kid}","typ":"${typ}"}`), 'malformed'],
    ['no kid', forge({ alg: 'EdDSA', typ }), 'unknown_key'],
    ['a foreign kid', forge({ ...header, kid: 'other' }), 'unknown_key'],
    ['a kid that is no text', forge({ ...header, kid: 7 }), 'unknown_key'],
    ['a payload that is an array', forge(header, []), 'bad_payload'],
    ['a payload with a duplicate key', forge(header, '{"a":1,"a":2}'), 'bad_payload'],
    ['a payload that is no JSON', forge(header, 'hello'), 'bad_payload'],
    ['four parts', `${forge(header)}.x`, 'malformed'],
    ['two parts', 'a.b', 'malformed'],
    ['nothing', '', 'malformed'],
    ['JSON serialisation', JSON.stringify({ payload: 'e30', signatures: [] }), 'malformed'],
    ['padding', `${forge(header)}==`, 'malformed'],
    ['too many bytes', forge(header, { a: 'x'.repeat(70_000) }), 'too_large'],
  ])('refuses %s', (_name, token, expected) => {
    expect(reason(token)).toBe(expected);
  });

  it('refuses HS256 keyed with the public key', () => {
    const signed = `${encodeBase64url(JSON.stringify({ ...header, alg: 'HS256' }))}.e30`;
    const mac = createHmac('sha256', Buffer.from(key.publicJwk.x, 'base64url')).update(signed).digest();
    expect(reason(`${signed}.${encodeBase64url(mac)}`)).toBe('wrong_algorithm');
  });

  it('refuses every single-character change', () => {
    const token = signJws(key, typ, { a: 1 });
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ ';
    for (let i = 0; i < token.length; i++) {
      const other = alphabet[(alphabet.indexOf(token[i]!) + 1 + (i % 60)) % alphabet.length]!;
      if (other === token[i]) continue;
      expect(reason(token.slice(0, i) + other + token.slice(i + 1)), `position ${i}`).not.toBe('accepted');
    }
  });

  it('refuses a last character that differs only in bits that carry nothing', () => {
    const token = signJws(key, typ, { a: 1 });
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(token.at(-1)!);
    // 64 bytes fill 85 characters and two bits of one more, whose other four bits carry nothing.
    expect(last % 16).toBe(0);
    expect(reason(token.slice(0, -1) + alphabet[last + 1]!)).toBe('malformed');
  });

  it('refuses another key that claims the same kid', () => {
    const other = generatePrivateJwk();
    const token = signJws({ ...signingKey(other), kid: key.kid }, typ, { a: 1 });
    expect(reason(token)).toBe('bad_signature');
  });
});

describe('keys', () => {
  it('refuses a private key whose public part is another\'s', () => {
    expect(() => signingKey({ ...privateJwk, x: generatePrivateJwk().x })).toThrow();
  });

  it('refuses keys under which anybody can sign', () => {
    const point = Buffer.alloc(32);
    expect(readPublicJwk({ kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') })).toBeUndefined();
    point[0] = 1;
    point[31] = 0x80;
    expect(readPublicJwk({ kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') })).toBeUndefined();
  });

  it.each([
    ['a private part', { keys: [privateJwk] }],
    ['a symmetric key beside it', { keys: [key.publicJwk, { kty: 'oct', k: 'AAAA' }] }],
    ['one kid twice', { keys: [key.publicJwk, { ...signingKey(generatePrivateJwk()).publicJwk, kid: key.kid }] }],
    ['no list', { keys: {} }],
    ['a text', 'keys'],
  ])('refuses a key set with %s', (_name, set) => {
    expect(readJwks(set)).toBeUndefined();
  });

  it('passes over public keys of other kinds', () => {
    const rsa = { kty: 'RSA', n: 'AQAB', e: 'AQAB', kid: 'rsa' };
    expect([...readJwks({ keys: [rsa, key.publicJwk] })!.keys()]).toEqual([key.kid]);
    expect(readPublicJwk({ ...key.publicJwk, use: 'enc' })).toBeUndefined();
    expect(readPublicJwk({ ...key.publicJwk, key_ops: ['sign'] })).toBeUndefined();
    expect(readPublicJwk({ ...key.publicJwk, alg: 'ES256' })).toBeUndefined();
  });

  it('signs with node:crypto what node:crypto verifies', () => {
    const node = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', x: privateJwk.x, d: privateJwk.d }, format: 'jwk' });
    expect(key.sign(Buffer.from('x')).equals(sign(null, Buffer.from('x'), node))).toBe(true);
  });
});
