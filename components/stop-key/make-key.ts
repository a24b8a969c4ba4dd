import { keep, readKept, type KeptKey } from './kept-key';
import type { KeyHolder } from './view';

/** With less than this left (milliseconds), the browser makes itself a new key. */
const RENEW_MS = 10 * 86_400_000;

/** Whether a key can be made and kept here: plain http beyond this machine gives pages no cryptography. */
export const canHoldKey = (): boolean => typeof indexedDB !== 'undefined' && globalThis.crypto?.subtle !== undefined && navigator.locks !== undefined;

/**
 * Sees to it that this browser holds a live key of the person who is signed in: makes one after a sign-in, renews it in its last ten
 * days, and puts another person's out of use. Two tabs do it once. Gives up quietly: STOP works without it.
 */
export async function makeSureOfKey(holder: KeyHolder, name: string): Promise<void> {
  await navigator.locks.request('countersign-stop-key', async () => {
    const kept = await readKept();
    if (kept?.kind === 'forgotten' && kept.signInId === holder.signInId) return;
    let mine = kept?.kind === 'key' && kept.personId === holder.personId ? kept : undefined;
    // Once a sign-in the server is asked; it may have been revoked from another device meanwhile.
    if (mine && mine.signInId !== holder.signInId && !(await holder.isLive(mine.id))) mine = undefined;
    if (mine && Date.parse(mine.expiresAt) - Date.now() > RENEW_MS) {
      if (mine.signInId !== holder.signInId || mine.wide !== holder.wide) await keep({ ...mine, signInId: holder.signInId, wide: holder.wide });
      return;
    }
    await makeKey(holder, name, mine);
  });
}

async function makeKey(holder: KeyHolder, name: string, replaced: KeptKey | undefined): Promise<void> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const made = await holder.register({ jwk: { ...jwk }, name, ...(replaced ? { replaces: replaced.id } : {}) });
  if (!made.ok) return;
  await keep({ kind: 'key', id: made.id, privateKey: pair.privateKey, personId: holder.personId, expiresAt: made.expiresAt, wide: holder.wide, signInId: holder.signInId });
}
