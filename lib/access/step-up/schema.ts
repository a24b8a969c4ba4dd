import type { AuthenticationResponseJSON, PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import { z } from 'zod';

/**
 * What a person can be asked for a passkey for. Denying, stopping, withdrawing and escalating are not among them and never will be: the
 * safe way out takes no key.
 */
export const stepUpPurposes = ['approval.approve', 'switch.request_release', 'switch.second_release', 'credential.change'] as const;
export type StepUpPurpose = (typeof stepUpPurposes)[number];

/** What is signed for: the act, on what, in which state (a digest of what was shown), with which word. */
export type StepUpSubject = { purpose: StepUpPurpose; objectId: string; digest: string; verdict: string };

/** How long a challenge that was handed out may be answered. */
export const CHALLENGE_SECONDS = 60;

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
export const totpAnswerSchema = z.object({ kind: z.literal('totp'), code: z.string().trim().regex(/^\d{6}$/, 'six digits') });
/** A person's proof at the moment of an act. A one-time code counts only where the rule that asks says so. */
export const stepUpAnswerSchema = z.discriminatedUnion('kind', [passkeyAnswerSchema, totpAnswerSchema]);
export type StepUpAnswer = z.input<typeof stepUpAnswerSchema>;
export type PasskeyAnswer = Omit<z.output<typeof passkeyAnswerSchema>, 'kind'>;

/** What the browser needs to ask the key. */
export type StepUpChallenge = { challengeId: string; options: PublicKeyCredentialRequestOptionsJSON };

function dropUnset({ userHandle, ...rest }: { clientDataJSON: string; authenticatorData: string; signature: string; userHandle?: string | undefined }) {
  return userHandle === undefined ? rest : { ...rest, userHandle };
}
