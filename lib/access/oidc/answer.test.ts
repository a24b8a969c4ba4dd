import { exportSPKI, generateKeyPair, importJWK, SignJWT, UnsecuredJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startOidcProvider, type Tamper, type TestOidcProvider } from '@/lib/testing/oidc-provider';
import type { OidcAnswer } from './answer';
import { oidcFailureOf } from './failure';
import { forgetProviders, openProvider, readMetadata } from './provider';
import { configFor, random, REDIRECT, signInThere } from './testing';

let idp: TestOidcProvider;
beforeAll(async () => {
  idp = await startOidcProvider();
  idp.allowRedirect(REDIRECT);
  idp.account('ada', { email: 'Ada@Example.org', email_verified: true, name: 'Ada', groups: ['soc', 'all'] });
});
afterAll(() => idp.close());
beforeEach(() => forgetProviders());
afterEach(() => { idp.tamper(undefined); idp.down(undefined); });

const wordOf = (attempt: Promise<unknown>) => attempt.then(() => ({ word: 'let in', detail: '' }), (error: unknown) => oidcFailureOf(error) ?? { word: 'unexpected', detail: String(error) });
const bent = (bend: (answer: OidcAnswer) => OidcAnswer) => wordOf(signInThere(idp, 'ada', { bend }));
const changed = (over: JWTPayload): Tamper => (claims, { privateKey, kid }) => new SignJWT({ ...claims, ...over }).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
const without = (claim: string): Tamper => (claims, { privateKey, kid }) => new SignJWT(Object.fromEntries(Object.entries(claims).filter(([name]) => name !== claim))).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
const nowS = () => Math.floor(Date.now() / 1_000);

describe('an answer of a real provider', () => {
  it('says who signed in there', async () => {
    expect(await signInThere(idp, 'ada')).toEqual({ issuer: idp.issuer, subject: 'ada', email: 'ada@example.org', emailVerified: true, name: 'Ada', groups: { kind: 'listed', groups: new Set(['soc', 'all']) } });
  });

  it('is asked for more by userinfo where the token says little', async () => {
    const other = await startOidcProvider({ claimsIn: 'userinfo' });
    try {
      other.allowRedirect(REDIRECT);
      other.account('grace', { email: 'grace@example.org', email_verified: true, groups: ['soc'] });
      expect(await signInThere(other, 'grace')).toMatchObject({ subject: 'grace', email: 'grace@example.org', groups: { groups: new Set(['soc']) } });
      expect(other.asked('/me')).toBe(1);
    } finally { await other.close(); }
  });

  it.each<[string, string, (answer: OidcAnswer) => OidcAnswer]>([
    ['another state', 'oidc_again', (a) => ({ ...a, params: { ...a.params, state: random() } })],
    ['no state', 'oidc_again', (a) => ({ ...a, params: { ...a.params, state: undefined } })],
    ['a state given twice', 'oidc_again', (a) => ({ ...a, params: { ...a.params, state: [a.sent.state, a.sent.state] } })],
    ['the name of another issuer (mix-up)', 'oidc_refused', (a) => ({ ...a, params: { ...a.params, iss: 'https://other.example' } })],
    ['no name of its issuer, from one that names itself', 'oidc_refused', (a) => ({ ...a, params: { ...a.params, iss: undefined } })],
    ['no code', 'oidc_refused', (a) => ({ ...a, params: { ...a.params, code: undefined } })],
    ['a code of its own making', 'oidc_refused', (a) => ({ ...a, params: { ...a.params, code: random() } })],
    ['another verifier (PKCE)', 'oidc_refused', (a) => ({ ...a, sent: { ...a.sent, codeVerifier: random() } })],
    ['the nonce of another sign-in', 'oidc_refused', (a) => ({ ...a, sent: { ...a.sent, nonce: random() } })],
    ['another redirect address', 'oidc_refused', (a) => ({ ...a, redirectUri: 'https://evil.example/' })],
    ['an error: turned back', 'oidc_denied', (a) => ({ ...a, params: { ...a.params, code: undefined, error: 'access_denied' } })],
    ['an error: not now', 'oidc_down', (a) => ({ ...a, params: { ...a.params, error: 'temporarily_unavailable' } })],
    ['an error of its own making', 'oidc_refused', (a) => ({ ...a, params: { ...a.params, error: '<script>' } })],
  ])('is refused with %s', async (_what, word, bend) => {
    const outcome = await bent(bend);
    expect(outcome.word).toBe(word);
    expect(outcome.detail).not.toContain('<');
  });

  it('takes a code once', async () => {
    let first: OidcAnswer | undefined;
    await signInThere(idp, 'ada', { bend: (answer) => (first = answer) });
    expect((await bent(() => first!)).word).toBe('oidc_refused');
  });
});

describe('an ID token', () => {
  it.each<[string, Tamper, string]>([
    ['another issuer', changed({ iss: 'https://other.example' }), 'iss'],
    ['another audience', changed({ aud: 'somebody else' }), 'aud'],
    ['several audiences and no azp', changed({ aud: ['countersign', 'other'] }), 'azp'],
    ['another authorised party', changed({ azp: 'other' }), 'azp'],
    ['a time that is over', changed({ exp: nowS() - 40 }), 'exp'],
    ['a time that has not come', changed({ nbf: nowS() + 120 }), 'nbf'],
    ['a time of issue in the future', changed({ iat: nowS() + 120 }), 'iat'],
    ['an age of an hour', changed({ iat: nowS() - 3_600 }), 'iat'],
    ['another nonce', changed({ nonce: 'x' }), 'nonce'],
    ['no nonce', without('nonce'), 'nonce'],
    ['no expiry', without('exp'), 'exp'],
    ['an empty subject', changed({ sub: '' }), 'subject'],
    ['a subject that fills a book', changed({ sub: 'x'.repeat(256) }), 'subject'],
    ['no signature (none)', (claims) => new UnsecuredJWT(claims).encode(), 'ERR_JO'],
    ['a secret as key (HS256)', (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'first' }).sign(Buffer.from('a secret that only tests know, padded')), 'ERR_JOSE_ALG'],
    ['the public key as secret', async (claims, { kid }) => {
      const { keys } = (await (await fetch(`${idp.issuer}/jwks`)).json()) as { keys: JWK[] };
      return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid }).sign(Buffer.from(await exportSPKI((await importJWK(keys[0]!, 'RS256')) as CryptoKey)));
    }, 'ERR_JOSE_ALG'],
    ['an algorithm that was not announced (RS512)', (claims, { privateKey, kid }) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey).then((token) => `${Buffer.from(JSON.stringify({ alg: 'RS512', kid })).toString('base64url')}.${token.split('.').slice(1).join('.')}`), 'ERR_JOSE_ALG'],
    ['a key that nobody published', async (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'first' }).sign((await generateKeyPair('RS256')).privateKey), 'SIGNATURE'],
    ['a key that it names itself', async (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'mine', jku: 'https://evil.example/jwks' }).sign((await generateKeyPair('RS256')).privateKey), 'JWKS_NO_MATCHING'],
    ['no form of a token', () => 'x.y', 'JWS'],
  ])('with %s is refused', async (_what, tamper, detail) => {
    idp.tamper(tamper);
    const outcome = await wordOf(signInThere(idp, 'ada'));
    expect(outcome.word).toBe('oidc_refused');
    expect(outcome.detail).toContain(detail);
  });

  it('may be half a minute off, and have a second audience that azp tells from us', async () => {
    for (const over of [{ exp: nowS() - 15 }, { iat: nowS() + 20, nbf: nowS() + 20 }, { aud: ['other', 'countersign'], azp: 'countersign' }]) {
      idp.tamper(changed(over));
      expect(await signInThere(idp, 'ada')).toMatchObject({ subject: 'ada' });
    }
  });

  it('may be signed by a key that the provider has only just published', async () => {
    await signInThere(idp, 'ada');
    await idp.rotateKeys();
    const before = idp.asked('/jwks');
    expect(await signInThere(idp, 'ada')).toMatchObject({ subject: 'ada' });
    expect(await signInThere(idp, 'ada')).toMatchObject({ subject: 'ada' });
    expect(idp.asked('/jwks')).toBe(before + 1);
  });
});

describe('a key that the provider took back', () => {
  it('opens nothing once ten minutes are over, also to a token that names it', async () => {
    const at = Date.now();
    await signInThere(idp, 'ada', { now: new Date(at) });
    let old: Parameters<Tamper>[1] | undefined;
    idp.tamper((claims, key) => { old ??= key; return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: key.kid }).sign(key.privateKey); });
    await signInThere(idp, 'ada', { now: new Date(at) });
    await idp.rotateKeys();
    const by = (minutes: number): Tamper => (claims) => new SignJWT({ ...claims, iat: Math.floor(at / 1_000) + minutes * 60, exp: Math.floor(at / 1_000) + minutes * 60 + 300 }).setProtectedHeader({ alg: 'RS256', kid: old!.kid }).sign(old!.privateKey);
    idp.tamper(by(9));
    expect((await wordOf(signInThere(idp, 'ada', { now: new Date(at + 9 * 60_000) }))).word).toBe('let in');
    idp.tamper(by(11));
    expect(await wordOf(signInThere(idp, 'ada', { now: new Date(at + 11 * 60_000) }))).toMatchObject({ word: 'oidc_refused', detail: expect.stringContaining('NO_MATCHING') });
  });
});

describe('a provider', () => {
  const config = () => configFor(idp);
  const document = (over: Record<string, unknown>) => JSON.stringify({
    issuer: idp.issuer, authorization_endpoint: `${idp.issuer}/auth`, token_endpoint: `${idp.issuer}/token`, jwks_uri: `${idp.issuer}/jwks`, id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'], ...over,
  });

  it('that is down, or says nothing readable, is said to be', async () => {
    idp.down(503);
    expect((await wordOf(openProvider(config(), false, new Date()))).word).toBe('oidc_down');
    idp.down(200);
    expect((await wordOf(openProvider(config(), false, new Date()))).word).toBe('oidc_down');
    expect((await wordOf(openProvider({ ...config(), issuer: 'http://localhost:1' }, false, new Date()))).word).toBe('oidc_down');
    idp.down(undefined);
    expect(await openProvider(config(), false, new Date())).toMatchObject({ issuer: idp.issuer, namesItself: true });
  });

  it('is asked about itself once in ten minutes', async () => {
    const before = idp.asked('/.well-known/openid-configuration');
    const at = Date.now();
    for (const minutes of [0, 5, 9]) await openProvider(config(), false, new Date(at + minutes * 60_000));
    expect(idp.asked('/.well-known/openid-configuration')).toBe(before + 1);
    await openProvider(config(), false, new Date(at + 11 * 60_000));
    expect(idp.asked('/.well-known/openid-configuration')).toBe(before + 2);
  });

  it.each<[string, Record<string, unknown>]>([
    ['calls itself otherwise', { issuer: 'https://other.example' }],
    ['has no keys', { jwks_uri: undefined }],
    ['would take the code in clear', { token_endpoint: 'http://login.example.org/token' }],
    ['would send people to a script', { authorization_endpoint: 'javascript:alert(1)' }],
    ['signs by secrets alone', { id_token_signing_alg_values_supported: ['HS256', 'none'] }],
  ])('that %s is not used', (_what, over) => {
    expect(() => readMetadata(config(), document(over))).toThrow();
  });

  it('never signs by none or by a secret, whatever it offers', () => {
    expect(readMetadata(config(), document({})).algorithms).toEqual(['RS256']);
    expect(readMetadata(config(), document({ id_token_signing_alg_values_supported: ['none', 'EdDSA', 'ES256', 'HS512', 'PS256'] })).algorithms).toEqual(['ES256', 'PS256', 'EdDSA']);
  });

  it('is told the secret as it wants, or none', () => {
    const auth = (over: Record<string, unknown>, clientSecret: string | undefined = 'x') => readMetadata({ ...config(), clientSecret }, document(over)).clientAuth;
    expect(auth({})).toBe('client_secret_basic');
    expect(auth({ token_endpoint_auth_methods_supported: ['client_secret_post'] })).toBe('client_secret_post');
    expect(readMetadata({ ...config(), clientSecret: undefined }, document({})).clientAuth).toBe('none');
  });
});
