import type { AuthenticationResponseJSON, PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON, RegistrationResponseJSON } from '@simplewebauthn/browser';

/** Why a key gave no answer. */
export type KeyTrouble = 'cancelled' | 'timed_out' | 'unsupported' | 'wrong_place' | 'known_already' | 'no_verification' | 'failed';
export type KeyAnswer<T> = { ok: true; response: T } | { ok: false; trouble: KeyTrouble };

/** Asks a key to sign. The library is loaded when it is needed: most visits never do. */
export const askKey = (optionsJSON: PublicKeyCredentialRequestOptionsJSON): Promise<KeyAnswer<AuthenticationResponseJSON>> =>
  attempt(optionsJSON.timeout, async () => (await import('@simplewebauthn/browser')).startAuthentication({ optionsJSON }));

/** Asks a key to make a passkey. */
export const makeKey = (optionsJSON: PublicKeyCredentialCreationOptionsJSON): Promise<KeyAnswer<RegistrationResponseJSON>> =>
  attempt(optionsJSON.timeout, async () => (await import('@simplewebauthn/browser')).startRegistration({ optionsJSON }));

/** Ends what a key is being asked. */
export const leaveKey = async (): Promise<void> => (await import('@simplewebauthn/browser')).WebAuthnAbortService.cancelCeremony();

async function attempt<T>(timeout: number | undefined, ask: () => Promise<T>): Promise<KeyAnswer<T>> {
  if (typeof window.PublicKeyCredential !== 'function') return { ok: false, trouble: 'unsupported' };
  const began = performance.now();
  try {
    return { ok: true, response: await ask() };
  } catch (error) {
    // Browsers say the same for a person who cancelled and for one who was too late, so that pages learn nothing of them; the clock tells.
    return { ok: false, trouble: troubleOf(error, timeout !== undefined && performance.now() - began >= timeout - 1_000) };
  }
}

export function troubleOf(error: unknown, late: boolean): KeyTrouble {
  const { name, code, cause } = error as { name?: string; code?: string; cause?: { name?: string } };
  if (code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED') return 'known_already';
  if (code === 'ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT' || code === 'ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT') return 'no_verification';
  if (code === 'ERROR_INVALID_DOMAIN' || code === 'ERROR_INVALID_RP_ID' || name === 'SecurityError') return 'wrong_place';
  if (code === 'ERROR_CEREMONY_ABORTED' || name === 'AbortError') return 'cancelled';
  if (name === 'NotAllowedError' || cause?.name === 'NotAllowedError') return late ? 'timed_out' : 'cancelled';
  return 'failed';
}
