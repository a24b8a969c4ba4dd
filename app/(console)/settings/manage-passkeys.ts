import { beginPasskeyAction, beginProofAction, registerPasskeyAction, removePasskeyAction, renamePasskeyAction } from './passkey-actions';

/** What pages hand on to change one's passkeys with. */
export const managePasskeys = { beginProof: beginProofAction, begin: beginPasskeyAction, register: registerPasskeyAction, rename: renamePasskeyAction, remove: removePasskeyAction };
