import type { Context } from '@/lib/context';
import { transaction } from '@/lib/db';
import type { OidcConfig } from '@/lib/env';
import { addressKey, giveBackTurn, takeTurn } from './attempts';
import { readAnswer, type OidcAnswer } from './oidc/answer';
import type { OidcClaims } from './oidc/claims';
import { oidcFailure, oidcFailureOf } from './oidc/failure';
import { noteOidcRefusal } from './oidc/note-refusal';
import type { OidcProvider } from './oidc/provider';

/**
 * Verifies what came back from the provider and says who it speaks of. What fails is refused and on the record; an address that fails
 * again and again has to wait, as with passwords, before it makes us call the provider once more.
 */
export async function receiveOidcAnswer(ctx: Context, config: OidcConfig, provider: OidcProvider, answer: OidcAnswer, allowLoopback = false): Promise<OidcClaims> {
  const address = addressKey(ctx.ip);
  const keys = address ? [address] : [];
  const admission = await takeTurn(keys, ctx.now());
  if (admission.kind === 'locked') {
    if (admission.note) await noteOidcRefusal(ctx, null, 'locked');
    throw oidcFailure('oidc_too_many', 'too many answers from this address came to nothing');
  }
  try {
    const claims = await readAnswer(config, provider, answer, { allowLoopback, now: ctx.now() });
    await transaction((tx) => giveBackTurn(tx, keys));
    return claims;
  } catch (error) {
    if (oidcFailureOf(error)?.word === 'oidc_refused') await noteOidcRefusal(ctx, null, 'provider');
    throw error;
  }
}
