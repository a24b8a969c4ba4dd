import type { AuthOptions, User } from 'next-auth';
import { decode, encode, type JWT } from 'next-auth/jwt';
import { problem } from '@/app/api/_problem';
import { checkSignIn, linkIdentity, oidcFailureOf, openProvider, receiveOidcAnswer, signInByOidc, wordOfError, type OidcClaims, type OidcProvider, type OidcWord } from '@/lib/access';
import { makeContext } from '@/lib/context';
import { env, type OidcConfig } from '@/lib/env';
import { asDomainError, notFound } from '@/lib/errors';
import { makeLogger } from '@/lib/logger';
import { authSecrets } from '../auth-secret';
import { reportFailure } from '../report-failure';
import { signInIdOf } from '../session-cookie';
import { arrive, deviceTokenOf, type SignInCall } from '../sign-in-call';
import type { WayIn } from './way-in';

const FIFTEEN_MINUTES_S = 15 * 60;
/** What this browser was sent out with; each is good for one answer. */
export const sentCookies = { state: 'state', pkceCodeVerifier: 'pkce', nonce: 'nonce' } as const;

type Link = { sid: string; permit: string };
type Flow = { config: OidcConfig; provider: OidcProvider; /** The sign-in that asked for a link, and what it may make it by. */ link?: Link; failed?: OidcWord; claims?: OidcClaims; user?: User };
const flows = new WeakMap<SignInCall, Flow>();

/** The organisation's provider, by OpenID Connect: next-auth sends the browser out and keeps what it takes along; what comes back is verified by `lib/access`. */
export const oidc: WayIn = {
  id: 'oidc',
  endpoints: { GET: ['callback/oidc'], POST: ['signin/oidc'] },
  provider: (call) => {
    const flow = flows.get(call);
    return flow && asProvider(call, flow);
  },
  async around(call, request, action, serve) {
    const config = env().oidc;
    if (!config) return problem(notFound('There is nothing at this address.'));
    return action === 'signin/oidc' ? goOut(call, config, request, serve) : comeBack(call, config, new URL(request.url), serve);
  },
};

/** The address at the provider, as JSON: a form that leads elsewhere would be against our own content policy. */
async function goOut(call: SignInCall, config: OidcConfig, request: Request, serve: () => Promise<Response>): Promise<Response> {
  const form = await request.clone().formData();
  const linkFor = form.get('purpose') === 'link' ? await signInIdOf(call.cookie('session')) : undefined;
  const permit = String(form.get('permit') ?? '').slice(0, 100);
  const provider = await openProvider(config, env().outboundAllowLoopback, new Date()).catch((error: unknown) => { tell(error); });
  const failed = (word: OidcWord) => Response.json({ url: wayBack(linkFor, word) });
  if (!provider) return failed('oidc_down');
  flows.set(call, { config, provider });
  // Set or taken away with the state of the same answer, so that a link is only ever made by the visit that was begun for it.
  call.keep('link', linkFor && await encode({ token: { sid: linkFor, permit }, secret: authSecrets()[0], salt: 'link', maxAge: FIFTEEN_MINUTES_S }), FIFTEEN_MINUTES_S);
  const answer = await serve();
  const { url } = (await answer.clone().json().catch(() => ({}))) as { url?: unknown };
  return typeof url === 'string' && url.startsWith(provider.authorizationUrl) ? answer : failed('oidc_again');
}

async function comeBack(call: SignInCall, config: OidcConfig, asked: URL, serve: () => Promise<Response>): Promise<Response> {
  const link = await linkOf(call);
  for (const name of ['link', ...Object.values(sentCookies)]) call.keep(name, undefined);
  const back = (word: OidcWord) => new Response(null, { status: 303, headers: { location: wayBack(link?.sid, word) } });
  const error = asked.searchParams.get('error');
  if (error !== null) return back(wordOfError(error));
  const provider = await openProvider(config, env().outboundAllowLoopback, new Date()).catch((failure: unknown) => { tell(failure); });
  if (!provider) return back('oidc_down');
  const flow: Flow = { config, provider, ...(link && { link }) };
  flows.set(call, flow);
  const answer = await serve();
  // Without a user next-auth stopped before it asked us: a cookie was missing, or old.
  return flow.failed ? back(flow.failed) : flow.user ? answer : back('oidc_again');
}

function asProvider(call: SignInCall, flow: Flow): AuthOptions['providers'][number] {
  const { config, provider } = flow;
  const allowLoopback = env().outboundAllowLoopback;
  return {
    id: 'oidc', name: config.name, type: 'oauth', idToken: true, checks: ['pkce', 'state', 'nonce'],
    issuer: provider.issuer, clientId: config.clientId, ...(config.clientSecret !== undefined && { clientSecret: config.clientSecret }),
    client: { token_endpoint_auth_method: provider.clientAuth },
    authorization: { url: provider.authorizationUrl, params: { scope: config.scopes } },
    token: {
      url: provider.tokenUrl,
      request: ({ params, checks, provider: { callbackUrl } }) => guarded(flow, async () => {
        const sent = { state: checks.state ?? '', nonce: (checks as { nonce?: string }).nonce ?? '', codeVerifier: checks.code_verifier ?? '' };
        flow.claims = await receiveOidcAnswer(call.ctx, config, provider, { params, sent, redirectUri: callbackUrl }, allowLoopback);
        // Tokens of the provider are used up by now, and kept nowhere.
        return { tokens: {} };
      }),
    },
    userinfo: { request: () => guarded(flow, async () => {
      flow.user = await enter(call, flow, flow.claims!);
      return { sub: flow.claims!.subject };
    }) },
    profile: () => flow.user!,
  };
}

async function enter(call: SignInCall, flow: Flow, claims: OidcClaims): Promise<User> {
  if (!flow.link) return arrive(call, await signInByOidc(call.ctx, claims, deviceTokenOf(call)));
  const { actor } = await checkSignIn(call.ctx, flow.link.sid);
  const { ip, userAgent } = call.ctx;
  await linkIdentity(makeContext(actor, { ...(ip && { ip }), ...(userAgent && { userAgent }) }), claims, flow.link.permit);
  return { id: actor.id, leadsTo: `${env().publicUrl}/settings?oidc=linked` } as User;
}

/** next-auth would turn every failure into one word of its own. */
async function guarded<T>(flow: Flow, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    tell(error);
    const known = asDomainError(error).code;
    flow.failed = oidcFailureOf(error)?.word ?? (known === 'conflict' ? 'oidc_not_linked' : known === 'forbidden' && flow.link ? 'oidc_again' : known === 'unauthenticated' ? 'oidc_no_account' : 'oidc_down');
    throw error;
  }
}

/** The sign-in that this visit is to be linked to, while that very sign-in still is the browser's. */
async function linkOf(call: SignInCall): Promise<Link | undefined> {
  const cookie = call.cookie('link');
  if (!cookie || cookie.length > 4_096) return undefined;
  let token: JWT | null = null;
  for (const secret of authSecrets()) token ??= await decode({ token: cookie, secret, salt: 'link' }).catch(() => null);
  const sid = await signInIdOf(call.cookie('session'));
  return typeof token?.sid === 'string' && token.sid === sid ? { sid, permit: String(token.permit ?? '') } : undefined;
}

const wayBack = (linkFor: string | undefined, word: OidcWord): string => `${env().publicUrl}${linkFor ? '/settings?oidc=' : '/sign-in?error='}${word}`;

let logger: ReturnType<typeof makeLogger> | undefined;
function tell(error: unknown): void {
  const failure = oidcFailureOf(error);
  if (!failure) return reportFailure(error, 'oidc');
  logger ??= makeLogger('console');
  logger.warn({ word: failure.word, detail: failure.detail }, 'a sign-in by the provider came to nothing');
}
