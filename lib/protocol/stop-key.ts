import { canonicalJson } from './canonical-json';

/** How far the time in a signed stop may be from the server's own (milliseconds, either way). */
export const STOP_KEY_CLOCK_MS = 5 * 60_000;

/** What a browser's stop key signs. Members that are absent are absent from the signed bytes too, so what signs without a hold goes on as it did. */
export type StopClaim = { keyId: string; scope: string; target?: string | undefined; environment?: string | undefined; holdMinutes?: number | undefined; ts: string; nonce: string };

/** The exact bytes under the signature: RFC 8785 canonical JSON of the claim, in UTF-8. Nothing else that travels with it is signed. */
export function stopKeyBytes({ keyId, scope, target, environment, holdMinutes, ts, nonce }: StopClaim): Uint8Array<ArrayBuffer> {
  const claim = { keyId, scope, ts, nonce, ...(target === undefined ? {} : { target }), ...(environment === undefined ? {} : { environment }), ...(holdMinutes === undefined ? {} : { holdMinutes }) };
  return new TextEncoder().encode(canonicalJson(claim));
}
