import { z } from 'zod';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import { idSchema } from '@/lib/protocol/ids';
import { verifyJws } from '@/lib/protocol/verify-jws';
import { signJws, type Signer } from '@/lib/signing';

/**
 * The line that each gateway keeps to every control process: what control has signed comes by it the instant it is signed, whether the
 * database or the journal took it, and the gateway says when nothing is being decided without it any more. An order needs no trust in the
 * line, since it carries control's signature; the answer does, so a gateway proves once a connection that it has the gateways' key.
 */
export const GATEWAY_NAMESPACE = '/gateway';

const PROOF_TYP = 'gateway-line+jwt';
const proofSchema = z.strictObject({ aud: z.literal('control'), gatewayId: idSchema, nonce: z.string() });

/** `challenge`, from control: a number that has never been used. */
export const challengeSchema = z.object({ nonce: z.string().min(16).max(100) });
/** Its acknowledgement. */
export const introductionSchema = z.strictObject({ gatewayId: idSchema, proof: z.string().max(2_048) });
export type Introduction = z.infer<typeof introductionSchema>;
/** `order`, from control; acknowledged with `holdsSchema` once nothing is being decided without it. */
export const toldSchema = z.object({ orderJws: z.string().max(16_384) });
export const holdsSchema = z.strictObject({ holds: z.literal(true) });

/** Signed with the key that gateways sign permits with: who has it can let actions through anyway. */
export async function introduce(key: Signer, gatewayId: string, nonce: string): Promise<Introduction> {
  return { gatewayId, proof: await signJws(key, PROOF_TYP, { aud: 'control', gatewayId, nonce }) };
}

/** Whether this was signed by a gateway, for this connection. */
export function isGateway({ gatewayId, proof }: Introduction, nonce: string, keys: KeySet): boolean {
  const jws = verifyJws(proof, { keys, typ: PROOF_TYP, maxBytes: 2_048 });
  const claim = jws.ok ? proofSchema.safeParse(jws.payload) : undefined;
  return claim?.success === true && claim.data.gatewayId === gatewayId && claim.data.nonce === nonce;
}
