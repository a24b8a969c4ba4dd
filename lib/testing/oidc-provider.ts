import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, importJWK, SignJWT, decodeJwt, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import type { Provider as OidcProvider } from 'oidc-provider';

/** What the provider says about an account; anything may be in it, as from a provider that is hostile or set up badly. */
export type TestAccount = { email?: unknown; email_verified?: unknown; name?: unknown; groups?: unknown; _claim_names?: unknown; hasgroups?: unknown };
export type Tamper = (claims: JWTPayload, key: { privateKey: CryptoKey; kid: string }) => Promise<string> | string;

export type TestOidcProvider = {
  issuer: string; clientId: string; clientSecret: string;
  /** Where people may be sent back to; none until named. */
  allowRedirect(uri: string): void;
  account(subject: string, says: TestAccount): void;
  /** Publishes a new key and no old one, and signs with it from now on. */
  rotateKeys(): Promise<void>;
  /** Replaces each ID token from now on; undefined for the provider's own. */
  tamper(with_: Tamper | undefined): void;
  /** Answers every request with this status from now on, as one that is down; undefined for not. */
  down(status: number | undefined): void;
  /** How often each path was asked. */
  asked(path: string): number;
  /** What a browser without scripts does at an authorisation address: signs in as the account, and comes back with the answer's parameters. */
  visit(authorizationUrl: string, subject: string): Promise<Record<string, string>>;
  close(): Promise<void>;
};

/** A real OpenID provider (oidc-provider) on this machine, whose accounts are what the test says. PUT /accounts/<subject> sets one from another process. */
export async function startOidcProvider({ claimsIn = 'id_token' }: { claimsIn?: 'id_token' | 'userinfo' } = {}): Promise<TestOidcProvider> {
  const { Provider } = await import('oidc-provider');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const [clientId, clientSecret] = ['countersign', 'a secret that only tests know'];
  const accounts = new Map<string, TestAccount>();
  const redirects = new Set<string>();
  const counts = new Map<string, number>();
  let key = await newKey('first');
  let rotated = false;
  let tamper: Tamper | undefined;
  let down: number | undefined;

  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: ['http://localhost/nowhere'], grant_types: ['authorization_code'], response_types: ['code'] }],
    jwks: { keys: [key.jwk] },
    cookies: { keys: ['of a provider for tests'] },
    conformIdTokenClaims: claimsIn === 'userinfo',
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups', '_claim_names', 'hasgroups'] },
    ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
    scopes: ['openid', 'email', 'profile', 'groups'],
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, subject) => (accounts.has(subject) ? { accountId: subject, claims: () => ({ sub: subject, ...accounts.get(subject) }) } : undefined),
    // Consent is given: the operator's own console asks.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId, accountId: ctx.oidc.session!.accountId! });
      grant.addOIDCScope('openid email profile groups');
      await grant.save();
      return grant;
    },
  });
  (provider.Client.prototype as unknown as { redirectUriAllowed(uri: string): boolean }).redirectUriAllowed = (uri) => redirects.has(uri);
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path === '/jwks' && rotated) ctx.body = { keys: [publicOf(key.jwk)] };
    const answer = ctx.body as { id_token?: string } | undefined;
    if (ctx.path === '/token' && answer?.id_token && (tamper || rotated)) {
      const claims = decodeJwt(answer.id_token);
      ctx.body = { ...answer, id_token: await (tamper ?? signAsUsual)(claims, key) };
    }
  });
  const serve = provider.callback();
  server.on('request', (request, response) => {
    const path = new URL(request.url ?? '/', issuer).pathname;
    counts.set(path, (counts.get(path) ?? 0) + 1);
    if (path.startsWith('/accounts/') && request.method === 'PUT') return void readBody(request).then((text) => { accounts.set(decodeURIComponent(path.slice('/accounts/'.length)), JSON.parse(text) as TestAccount); response.writeHead(204).end(); });
    if (path === '/redirects' && request.method === 'PUT') return void readBody(request).then((text) => { redirects.add(text); response.writeHead(204).end(); });
    if (down !== undefined) return void response.writeHead(down, { 'content-type': 'text/html' }).end('<h1>Out of order</h1>');
    if (path.startsWith('/interaction/')) return void interact(provider, request, response).catch((error: unknown) => response.writeHead(400).end(String(error)));
    return void serve(request, response);
  });
  return {
    issuer, clientId, clientSecret,
    allowRedirect: (uri) => void redirects.add(uri),
    account: (subject, says) => void accounts.set(subject, says),
    rotateKeys: async () => { key = await newKey(`key-${Date.now()}`); rotated = true; },
    tamper: (with_) => { tamper = with_; },
    down: (status) => { down = status; },
    asked: (path) => counts.get(path) ?? 0,
    visit,
    close: () => new Promise((resolve) => { server.close(() => resolve()); server.closeAllConnections(); }),
  };
}

/** The sign-in form of the provider: who you are is what you type. */
async function interact(provider: OidcProvider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end('<!doctype html><html lang="en"><title>Sign in to the test provider</title><form method="post"><label>Account <input name="account" autofocus></label> <button name="act" value="in">Sign in</button> <button name="act" value="back">Turn back</button></form></html>');
    return;
  }
  const form = new URLSearchParams(await readBody(request));
  await provider.interactionFinished(request, response, form.get('act') === 'back' ? { error: 'access_denied', error_description: '<script>alert(1)</script>' } : { login: { accountId: form.get('account') ?? '' } }, { mergeWithLastSubmission: false });
}

async function visit(authorizationUrl: string, subject: string): Promise<Record<string, string>> {
  const home = new URL(authorizationUrl).origin;
  const jar = new Map<string, string>();
  let [url, form]: [string, URLSearchParams | undefined] = [authorizationUrl, undefined];
  for (let hops = 0; hops < 10; hops += 1) {
    const answer: Response = await fetch(url, { redirect: 'manual', headers: { cookie: [...jar].map((pair) => pair.join('=')).join('; ') }, ...(form && { method: 'POST', body: form }) });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') jar.delete(name); else jar.set(name, value);
    }
    const text = await answer.text();
    const onwards = answer.headers.get('location');
    if (onwards === null) {
      if (!url.includes('/interaction/')) throw new Error(`The provider answered ${answer.status}: ${text.slice(0, 300)}`);
      form = new URLSearchParams({ account: subject, act: 'in' });
      continue;
    }
    form = undefined;
    url = new URL(onwards, url).href;
    if (new URL(url).origin !== home) return Object.fromEntries(new URL(url).searchParams);
  }
  throw new Error('The provider sent us round in circles.');
}

async function newKey(kid: string) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...await exportJWK(privateKey), kid, alg: 'RS256', use: 'sig' };
  return { kid, jwk, privateKey: await importJWK(jwk, 'RS256') as CryptoKey };
}

const publicOf = ({ kty, n, e, kid, alg, use }: JWK): JWK => ({ kty, n, e, kid, alg, use } as JWK);
const signAsUsual: Tamper = (claims, { privateKey, kid }) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
