'use server';

import { runAction, type ActionResult } from '@/app/_session/action-result';
import type { Done } from '@/components/channels/view';
import { beginProof } from '@/lib/access';
import type { CredentialProof, StepUpChallenge } from '@/lib/access/schema';
import { changeChannel, createChannel, discardNotice, removeChannel, retryNotice, rotateSecret, testChannel } from '@/lib/notify';
import type { ChangeChannel, CreateChannel, RotateSecret } from '@/lib/notify/schema';

function said<T, V>(done: ActionResult<T>, value: (from: T) => V): Done<V> {
  return done.ok ? { ok: true, value: value(done.value) } : { ok: false, because: done.error.message, ...(done.error.data?.why === 'proof_needed' && { proof: true }) };
}
const nothing = () => null;

export const makeChannel = async (input: CreateChannel, proof?: CredentialProof) => said(await runAction((ctx) => createChannel(ctx, input, { proof })), ({ signingSecret }) => ({ signingSecret }));
export const reshapeChannel = async (input: ChangeChannel, proof?: CredentialProof) => said(await runAction((ctx) => changeChannel(ctx, input, { proof })), nothing);
export const rotateChannelSecret = async (input: RotateSecret, proof?: CredentialProof) => said(await runAction((ctx) => rotateSecret(ctx, input, { proof })), (made) => made);
export const endChannel = async (channelId: string, proof?: CredentialProof) => said(await runAction((ctx) => removeChannel(ctx, { channelId }, { proof })), nothing);
export const sendTest = async (channelId: string) => said(await runAction((ctx) => testChannel(ctx, { channelId })), nothing);
export const sendOnceMore = async (noticeId: string) => said(await runAction((ctx) => retryNotice(ctx, { noticeId })), nothing);
export const discardLetter = async (noticeId: string) => said(await runAction((ctx) => discardNotice(ctx, { noticeId })), nothing);

export async function beginChannelProof(channel: string): Promise<ActionResult<StepUpChallenge>> {
  return runAction((ctx) => beginProof(ctx, { kind: 'change_channel', channel }));
}
