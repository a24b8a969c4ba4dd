import type { Context } from '@/lib/context';
import { sqlOfTx, transaction } from '@/lib/db';
import type { OidcConfig } from '@/lib/env';
import { addressKey, giveBackTurn, takeTurn } from './attempts';
import { readAnswer, type OidcAnswer } from './oidc/answer';
import type { OidcClaims } from './oidc/claims';
import { oidcFailure, oidcFailureOf } from './oidc/failure';
import { noteOidcRefusal } from './oidc/note-refusal';
import type { OidcProvider } from './oidc/provider';

/**
 * Verifies what came back from the provider and says who it speaks of. What is refused is on the record, and an address that is refused
 * again and again has to wait, as with passwords. A provider that is away is nobody's failure and costs nobody a turn.
 */
export async function receiveOidcAnswer(ctx: Context, config: OidcConfig, provider: OidcProvider, answer: OidcAnswer, allowLoopback = false): Promise<OidcClaims> {
  const address = addressKey(ctx.ip);
  const keys = address ? [address] : [];
  const admission = await takeTurn(keys, ctx.now());
  if (admission.kind === 'locked') {
    if (admission.note) await noteOidcRefusal(ctx, null, 'locked');
    throw oidcFailure('oidc_too_many', 'too many answers from this address came to nothing');
  }
  const giveBack = () => transaction((tx) => giveBackTurn(sqlOfTx(tx), keys));
  try {
    const claims = await readAnswer(config, provider, answer, { allowLoopback, now: ctx.now() });
    await giveBack();
    return claims;
  } catch (error) {
    if (oidcFailureOf(error)?.word === 'oidc_refused') await noteOidcRefusal(ctx, null, 'provider');
    else await giveBack();
    throw error;
  }
}
