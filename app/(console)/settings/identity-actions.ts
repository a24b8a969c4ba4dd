'use server';

import { runAction, type ActionResult } from '@/app/_session/action-result';
import type { Result } from '@/components/access/view';
import { beginLink, beginProof, changeSetting, mapGroup, unlinkIdentity, type MapGroup } from '@/lib/access';
import type { CredentialProof, StepUpChallenge } from '@/lib/access/schema';
import { env } from '@/lib/env';
import { conflict } from '@/lib/errors';

const result = (done: { ok: true } | { ok: false; error: { message: string } }): Result => (done.ok ? { ok: true } : { ok: false, because: done.error.message });

/** Says what a group of the provider that is set up gives. */
export async function changeGroup(input: MapGroup): Promise<Result> {
  return result(await runAction((ctx) => {
    const issuer = env().oidc?.issuer;
    if (!issuer) throw conflict('No provider is set up.');
    return mapGroup(ctx, issuer, input);
  }));
}

export async function setProvision(value: 'mapped_only' | 'never'): Promise<Result> {
  return result(await runAction((ctx) => changeSetting(ctx, 'oidc_provision', value)));
}

export async function unlink(identityId: string): Promise<Result> {
  return result(await runAction((ctx) => unlinkIdentity(ctx, identityId)));
}

export async function beginLinkProof(): Promise<ActionResult<StepUpChallenge>> {
  return runAction((ctx) => beginProof(ctx, { kind: 'link_identity' }));
}

/** What the visit to the provider may link by; a secret of this page for one visit. */
export async function beginLinkAction(proof?: CredentialProof): Promise<ActionResult<{ permit: string }>> {
  return runAction((ctx) => beginLink(ctx, { proof }));
}
