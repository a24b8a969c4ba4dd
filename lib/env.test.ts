import { describe, expect, it } from 'vitest';
import { readEnv } from './env';

describe('readEnv', () => {
  it('needs nothing: every setting has a default', () => {
    expect(readEnv({})).toMatchObject({ port: 3000, controlPort: 3001, host: '127.0.0.1', environment: 'local', leaseMs: 15_000, demo: false, publicUrl: 'http://localhost:3000' });
  });

  it('takes an empty variable as unset, as a copied .env.example leaves it', () => {
    expect(readEnv({ PORT: '', DATABASE_URL: '', COUNTERSIGN_ADMIN_EMAIL: '', COUNTERSIGN_DEMO: '' })).toMatchObject({ port: 3000, databaseUrl: undefined, demo: false });
  });

  it('names each setting that cannot be used, and where to look', () => {
    expect(() => readEnv({ PORT: '70000', LEASE_MS: 'soon' })).toThrow(/PORT: [\s\S]*LEASE_MS: [\s\S]*\.env\.example/);
  });

  it('never repeats a secret it refuses', () => {
    expect(() => readEnv({ COUNTERSIGN_ADMIN_PASSWORD: 'hunter2' })).toThrow(/^(?![\s\S]*hunter2)[\s\S]*COUNTERSIGN_ADMIN_PASSWORD/);
  });

  it('reaches one control process on this machine, or each of a list, by its own address', () => {
    expect(readEnv({}).controlUrls).toEqual(['http://127.0.0.1:3001']);
    expect(readEnv({ CONTROL_URLS: '', CONTROL_PORT: '4001', HOST: '0.0.0.0' }).controlUrls).toEqual(['http://127.0.0.1:4001']);
    expect(readEnv({ HOST: '10.0.0.5' }).controlUrls).toEqual(['http://10.0.0.5:3001']);
    expect(readEnv({ HOST: 'fd00::5' }).controlUrls).toEqual(['http://[fd00::5]:3001']);
    expect(readEnv({ CONTROL_URLS: 'http://10.0.0.5:3001/, https://control-b.example.org,http://10.0.0.5:3001,' }).controlUrls).toEqual(['http://10.0.0.5:3001', 'https://control-b.example.org']);
    expect(readEnv({ CONTROL_URLS: 'http://10.0.0.5:3001' }).controlUrlsOutside).toEqual(['http://10.0.0.5:3001']);
    expect(readEnv({ CONTROL_PUBLIC_URL: 'https://control.example.org/' }).controlUrlsOutside).toEqual(['https://control.example.org']);
    for (const text of [',', '10.0.0.5:3001', 'http://a, ftp://b', 'http://a b', 'file:///x']) expect(() => readEnv({ CONTROL_URLS: text }), text).toThrow(/CONTROL_URLS: addresses that begin/);
  });

  it('takes single sign-on whole or not at all, and says what is missing', () => {
    expect(readEnv({}).oidc).toBeUndefined();
    expect(readEnv({ OIDC_ISSUER: '', OIDC_CLIENT_ID: '', OIDC_REQUIRE_VERIFIED_EMAIL: '1' }).oidc).toBeUndefined();
    const whole = { OIDC_ISSUER: 'https://login.example.org/realms/main', OIDC_CLIENT_ID: 'countersign' };
    expect(readEnv(whole).oidc).toEqual({ issuer: whole.OIDC_ISSUER, clientId: 'countersign', clientSecret: undefined, name: 'login.example.org', scopes: 'openid email profile groups', groupsClaim: 'groups', requireVerifiedEmail: true });
    expect(readEnv({ ...whole, OIDC_REQUIRE_VERIFIED_EMAIL: '0' }).oidc?.requireVerifiedEmail).toBe(false);
    expect(() => readEnv({ OIDC_ISSUER: whole.OIDC_ISSUER })).toThrow(/OIDC_CLIENT_ID: is needed with OIDC_ISSUER/);
    expect(() => readEnv({ OIDC_CLIENT_ID: 'countersign' })).toThrow(/OIDC_ISSUER: is needed with OIDC_CLIENT_ID/);
    expect(() => readEnv({ OIDC_CLIENT_SECRET: 'kept to ourselves' })).toThrow(/^(?![\s\S]*kept to ourselves)[\s\S]*OIDC_ISSUER: is needed with OIDC_CLIENT_SECRET[\s\S]*OIDC_CLIENT_ID/);
    for (const issuer of ['http://login.example.org', 'https://u:p@login.example.org', 'https://login.example.org/?a=b', 'ftp://login.example.org', 'login.example.org']) expect(() => readEnv({ ...whole, OIDC_ISSUER: issuer }), issuer).toThrow(/OIDC_ISSUER/);
    expect(readEnv({ ...whole, OIDC_ISSUER: 'http://localhost:8080' }).oidc?.issuer).toBe('http://localhost:8080');
    expect(() => readEnv({ ...whole, OIDC_SCOPES: 'email profile' })).toThrow(/OIDC_SCOPES: must name openid/);
  });
});
