'use server';

import { runAction, type ActionResult } from '@/app/_session/action-result';
import { beginPasskey, beginProof, registerPasskey, removePasskey, renamePasskey } from '@/lib/access';
import type { CredentialAct, CredentialProof, PasskeyRegistration, PasskeyView, RegisterPasskey, StepUpChallenge } from '@/lib/access/schema';

export async function beginProofAction(act: CredentialAct): Promise<ActionResult<StepUpChallenge>> {
  return runAction((ctx) => beginProof(ctx, act));
}

export async function beginPasskeyAction(proof?: CredentialProof): Promise<ActionResult<PasskeyRegistration>> {
  return runAction((ctx) => beginPasskey(ctx, { proof }));
}

export async function registerPasskeyAction(input: RegisterPasskey): Promise<ActionResult<PasskeyView>> {
  return runAction((ctx) => registerPasskey(ctx, input));
}

export async function renamePasskeyAction(passkeyId: string, name: string): Promise<ActionResult<void>> {
  return runAction((ctx) => renamePasskey(ctx, { passkeyId, name }));
}

export async function removePasskeyAction(passkeyId: string, proof?: CredentialProof): Promise<ActionResult<void>> {
  return runAction((ctx) => removePasskey(ctx, { passkeyId, proof }));
}
