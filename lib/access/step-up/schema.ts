import type { AuthenticationResponseJSON, PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import { z } from 'zod';

/**
 * What a person can be asked for a passkey for. Denying, stopping, withdrawing and escalating are not among them and never will be: the
 * safe way out takes no key.
 */
export const stepUpPurposes = ['approval.approve', 'switch.request_release', 'switch.second_release', 'credential.change'] as const;
export type StepUpPurpose = (typeof stepUpPurposes)[number];

/**
 * Whether a one-time password can be enough for it, where the rule that asks allows that too. Releases never: control believes a passkey's
 * signature alone. What changes one's keys has a proof of its own.
 */
export const codeMayDo: Readonly<Record<StepUpPurpose, boolean>> = { 'approval.approve': true, 'switch.request_release': false, 'switch.second_release': false, 'credential.change': false };

/** What is signed for: the act, on what, in which state (a digest of what was shown), with which word. */
export type StepUpSubject = { purpose: StepUpPurpose; objectId: string; digest: string; verdict: string };

const bytes = (longest: number) => z.string().max(longest).regex(/^[A-Za-z0-9_-]*$/, 'must be base64url');
const credentialId = bytes(1_400).min(1);

/** What a browser answers when it is asked to sign; more than this is dropped. */
export const authenticationResponseSchema = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.object({ clientDataJSON: bytes(8_000), authenticatorData: bytes(4_000), signature: bytes(8_000), userHandle: bytes(100).optional() }),
}).transform((answer): AuthenticationResponseJSON => ({ ...answer, response: dropUnset(answer.response), clientExtensionResults: {} }));

export const passkeyAnswerSchema = z.object({ kind: z.literal('passkey'), challengeId: z.uuid(), response: authenticationResponseSchema });
export const totpAnswerSchema = z.object({
  kind: z.literal('totp'), challengeId: z.uuid(),
  code: z.string().max(20).transform((typed) => typed.replace(/[\s-]/g, '')).pipe(z.string().regex(/^\d{6}$/, 'six digits')),
});
/** A person's proof at the moment of an act. A one-time code counts only where the rule that asks says so. */
export const stepUpAnswerSchema = z.discriminatedUnion('kind', [passkeyAnswerSchema, totpAnswerSchema]);
export type StepUpAnswer = z.input<typeof stepUpAnswerSchema>;
export type TotpAnswer = z.output<typeof totpAnswerSchema>;
export type PasskeyAnswer = Omit<z.output<typeof passkeyAnswerSchema>, 'kind'>;

/** What the browser needs to ask the key. */
export type StepUpChallenge = { challengeId: string; options: PublicKeyCredentialRequestOptionsJSON };

/** The same where a one-time password may do: `options` is null for somebody without a passkey, `code` says whether a code is taken. */
export type OfferedStepUp = { challengeId: string; options: PublicKeyCredentialRequestOptionsJSON | null; code?: boolean };

function dropUnset({ userHandle, ...rest }: { clientDataJSON: string; authenticatorData: string; signature: string; userHandle?: string | undefined }) {
  return userHandle === undefined ? rest : { ...rest, userHandle };
}
