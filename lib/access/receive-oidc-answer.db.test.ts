import { afterAll, beforeAll, expect, it } from 'vitest';
import { prisma } from '@/lib/db';
import { startOidcProvider, type TestOidcProvider } from '@/lib/testing/oidc-provider';
import { openProvider, receiveOidcAnswer } from '.';
import { oidcFailureOf } from './oidc/failure';
import { configFor, random, REDIRECT } from './oidc/testing';
import { consoleContext, useConsoleDatabase } from './testing';

useConsoleDatabase();
let idp: TestOidcProvider;
beforeAll(async () => { idp = await startOidcProvider(); });
afterAll(() => idp.close());

const sent = { state: random(), nonce: random(), codeVerifier: random() };
const turns = async () => (await prisma().signInAttempt.findMany({ where: { key: { startsWith: 'address:' } } })).reduce((sum, row) => sum + row.failures, 0);

it('an address pays for what is refused, and for nothing that is the provider’s or the browser’s', async () => {
  const config = configFor(idp);
  const provider = await openProvider(config, false, new Date());
  const answered = async (params: Record<string, unknown>) =>
    receiveOidcAnswer(consoleContext({ ip: '192.0.2.9' }), config, provider, { params: { iss: idp.issuer, state: sent.state, code: random(), ...params }, sent, redirectUri: REDIRECT }).then(() => 'in', (error: unknown) => oidcFailureOf(error)?.word);
  idp.down(503);
  for (let i = 0; i < 12; i++) expect(await answered({})).toBe('oidc_down');
  idp.down(undefined);
  for (const [params, word] of [[{ error: 'access_denied' }, 'oidc_denied'], [{ state: random() }, 'oidc_again'], [{ error: 'server_error' }, 'oidc_down']] as const) expect(await answered(params)).toBe(word);
  expect(await turns()).toBe(0);
  expect(await answered({})).toBe('oidc_refused');
  expect(await turns()).toBe(1);
});
