import type { FileKeys } from '@/lib/signing';
import type { ControlKeys } from './standing-reader';

/** Control's public keys as a process finds them in the key folder. They may appear after it has started: control makes them. */
export function controlKeysFrom(files: FileKeys): ControlKeys {
  return { get: () => files.verificationKeys('control/order'), refresh: () => files.refresh() };
}
