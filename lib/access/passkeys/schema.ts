import type { PublicKeyCredentialCreationOptionsJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';
import { passkeyAnswerSchema } from '../step-up/schema';

/** More keys than this nobody keeps in sight. */
export const MOST_PASSKEYS = 10;

const bytes = (longest: number) => z.string().max(longest).regex(/^[A-Za-z0-9_-]*$/, 'must be base64url');
const credentialId = bytes(1_400).min(1);
export const passkeyIdSchema = z.uuid('must be the id of a passkey');
export const passkeyNameSchema = z.string().trim().min(1, 'say which key this is, e.g. “Work laptop”').max(60, 'at most 60 characters');

/** What a browser answers when it made a key; more than this is dropped, attestation is not asked for. */
const registrationResponseSchema = z.object({
  id: credentialId, rawId: credentialId, type: z.literal('public-key'),
  response: z.object({ clientDataJSON: bytes(8_000), attestationObject: bytes(20_000), transports: z.array(z.string().max(20)).max(10).optional() }),
}).transform(({ response: { transports, ...response }, ...answer }): RegistrationResponseJSON => ({
  ...answer, response: { ...response, ...(transports && { transports: transports as NonNullable<RegistrationResponseJSON['response']['transports']> }) }, clientExtensionResults: {},
}));
export const registerPasskeySchema = z.object({ challengeId: z.uuid(), name: passkeyNameSchema, response: registrationResponseSchema });
export type RegisterPasskey = z.input<typeof registerPasskeySchema>;

/** How a person shows once more that it is them: by a key they have, or by a secret that they know. */
export const credentialProofSchema = z.discriminatedUnion('kind', [passkeyAnswerSchema, z.object({ kind: z.literal('secret'), secret: z.string().min(1).max(1_024) })]);
export type CredentialProof = z.input<typeof credentialProofSchema>;

/** What about one's ways in is to be changed, or about where people are told, which is as sensitive: a page that goes nowhere stops nobody. */
export type CredentialAct = { kind: 'add_passkey' } | { kind: 'link_identity' } | { kind: 'change_channel'; channel: string } | { kind: 'remove_passkey'; passkeyId: string };
export const credentialActSchema = z.discriminatedUnion('kind', [z.object({ kind: z.literal('add_passkey') }), z.object({ kind: z.literal('link_identity') }), z.object({ kind: z.literal('change_channel'), channel: z.string().min(1).max(100) }), z.object({ kind: z.literal('remove_passkey'), passkeyId: passkeyIdSchema })]);

export type PasskeyView = { id: string; name: string; createdAt: string; lastUsedAt: string | null; backedUp: boolean };
export type PasskeyRegistration = { challengeId: string; options: PublicKeyCredentialCreationOptionsJSON };
/** The one sentence for every passkey that opens nothing, whatever the reason. */
export const PASSKEY_REFUSED = 'That passkey does not open an account here now. Sign in another way, or ask an administrator.';
