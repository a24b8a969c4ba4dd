import { type Args, type PermitClaims, type PermitRefusal, readJwks, readJwsHeader, verifyPermit as verify } from '@/lib/protocol';
import { InvalidRequest, PermitRefused, Unavailable } from './errors';
import { issuerKeys } from './jwks-cache';

export type VerifyOptions = {
  /** Who must have issued it: the gateway's public address. Its keys are fetched from `/.well-known/jwks.json` there, unless `jwks` gives them. */
  issuer: string;
  /** The issuer's key set, when you hold it yourself: `{"keys": […]}`. */
  jwks?: unknown;
  /** Your toolset: the permit's `aud`. */
  audience: string;
  /** The call that is about to run, exactly as it will run. */
  tool: string;
  args: Args;
  /** What the registry says of this tool. `required`: an offline check is never enough, and this function refuses; use `redeemPermit`. */
  redeem: 'optional' | 'required';
};

/** Checks a permit offline, in a tool server, before it runs the call. Returns the claims or throws PermitRefused; Unavailable when the keys cannot be had. */
export async function verifyPermit(permit: string, options: VerifyOptions): Promise<PermitClaims> {
  if (options.redeem !== 'optional') throw refused('redeem_required');
  const keys = options.jwks === undefined ? await issuerKeys(new URL('/.well-known/jwks.json', options.issuer).href, kidOf(permit)) : readJwks(options.jwks);
  if (!keys) throw new InvalidRequest('`jwks` is not a set of public keys.');
  const result = verify(permit, { keys, issuer: options.issuer, toolset: options.audience, tool: options.tool, args: options.args, now: new Date(), use: 'offline' });
  if (!result.ok) throw refused(result.reason);
  return result.claims;
}

export type RedeemOptions = { /** The gateway's address. */ url: string; tool: string; args: Args; /** A service account's token, where the gateway asks for one. */ token?: string };

/** Redeems a permit: the gateway says yes once. Returns the action's id; throws PermitRefused (`used`, `expired`, `digest_mismatch`, `stopped`) or Unavailable, and then the call must not run. */
export async function redeemPermit(permit: string, { url, tool, args, token }: RedeemOptions): Promise<{ actionId: string }> {
  const endpoint = new URL('api/v1/permits/redeem', url.endsWith('/') ? url : `${url}/`).href;
  let status: number;
  let body: Record<string, unknown>;
  try {
    const response = await fetch(endpoint, {
      method: 'POST', redirect: 'error', signal: AbortSignal.timeout(10_000),
      headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ permit, tool, args }),
    });
    status = response.status;
    body = (JSON.parse((await response.text()).slice(0, 65_536)) ?? {}) as Record<string, unknown>;
  } catch (cause) {
    throw new Unavailable('The permit could not be redeemed: the gateway does not answer. Do not run the call.', 1_000, { cause });
  }
  if (status === 200 && typeof body.actionId === 'string') return { actionId: body.actionId };
  if (status === 429 || status >= 500) throw new Unavailable(`The permit could not be redeemed now (${status}). Do not run the call.`);
  throw refused(typeof body.code === 'string' ? body.code : `status_${status}`);
}

function kidOf(permit: string): string | undefined {
  const header = readJwsHeader(permit.split('.', 1)[0] ?? '');
  return header.ok ? header.kid : undefined;
}

const sentences: Partial<Record<PermitRefusal | 'used' | 'stopped', string>> = {
  redeem_required: 'Permits for this tool count only once they are redeemed. Call redeemPermit.',
  digest_mismatch: 'The permit is for another call: tool and arguments must be exactly those that were allowed.',
  expired: 'The permit has expired. The agent can ask again with the same requestId for a fresh one.',
  wrong_audience: 'The permit is for another toolset.',
  wrong_issuer: 'The permit is of another gateway.',
  used: 'The permit was used before. Each one runs one call.',
  stopped: 'A stop holds this action.',
};

function refused(reason: string): PermitRefused {
  return new PermitRefused(reason, (sentences as Record<string, string | undefined>)[reason] ?? `The permit does not hold (${reason}).`);
}
