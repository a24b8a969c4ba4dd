import { stopKeyBytes, type StopClaim } from '@/lib/protocol/stop-key';
import { forgetKey, liveKey, type KeptKey } from './kept-key';
import type { Cover, KeyStop } from './view';

/** How long a door may think before the next one is tried (milliseconds). */
const PATIENCE_MS = 4_000;

/**
 * Stops by this browser's own key: at the console, and when that does not answer, straight at control. Each try is signed anew; a clock
 * that is wrong is put right by what the server says, once. A key that was revoked is forgotten.
 */
export async function stopByKey(cover: Cover, controlUrl: string | null): Promise<KeyStop> {
  const key = await liveKey();
  if (!key) return { kind: 'no_key', because: 'This browser holds no stop key.' };
  const doors = ['/api/v1/switches/engage-by-key', ...(controlUrl === null ? [] : [`${controlUrl}/v1/switches/engage-by-key`])];
  let last: KeyStop = { kind: 'unreachable', because: '' };
  for (const door of doors) {
    last = await knock(door, key, cover, 0);
    if (last.kind !== 'unreachable') return last;
  }
  return { kind: 'unreachable', because: controlUrl === null ? 'The console does not answer.' : 'Neither the console nor control answers.' };
}

async function knock(door: string, key: KeptKey, cover: Cover, offsetMs: number, again = true): Promise<KeyStop> {
  const body = JSON.stringify(await sign(key, cover, offsetMs));
  const answer = await fetch(door, { method: 'POST', headers: { 'content-type': 'application/json' }, body, credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => null);
  const said = answer && ((await answer.json().catch(() => null)) as Said | null);
  if (!answer || answer.status >= 500 || !said) return { kind: 'unreachable', because: '' };
  if (answer.status === 202 && said.order) return { kind: 'stopped', orderId: said.order.id, standing: said.standing === true, durability: said.durability === 'journal' ? 'journal' : 'database', ...(cover.holdMinutes !== undefined && { holdMinutes: cover.holdMinutes }) };
  if (said.why === 'clock' && said.serverTime && again) return knock(door, key, cover, Date.parse(said.serverTime) - Date.now(), false);
  // The server took this very one and was too slow to say so.
  if (said.why === 'used' && again) return knock(door, key, cover, offsetMs, false);
  // A control of an earlier version knows no hold: the stop goes before it.
  if (said.code === 'invalid' && said.why === undefined && cover.holdMinutes !== undefined) return knock(door, key, withoutHold(cover), offsetMs, again);
  const because = said.detail ?? 'The server refused it.';
  if (said.why !== 'revoked' && said.why !== 'expired') return { kind: 'refused', because };
  await forgetKey();
  return { kind: 'no_key', because };
}

const withoutHold = ({ holdMinutes: _, ...cover }: Cover): Cover => cover;

type Said = { code?: string; order?: { id: string }; standing?: boolean; durability?: string; why?: string; serverTime?: string; detail?: string };

async function sign(key: KeptKey, cover: Cover, offsetMs: number): Promise<StopClaim & { signature: string }> {
  const claim: StopClaim = { keyId: key.id, ...cover, ts: new Date(Date.now() + offsetMs).toISOString(), nonce: base64url(crypto.getRandomValues(new Uint8Array(16))) };
  return { ...claim, signature: base64url(new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key.privateKey, stopKeyBytes(claim)))) };
}

const base64url = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
