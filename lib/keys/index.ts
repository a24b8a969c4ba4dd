/** Keys: rotation with an overlap, retirement once nothing needs the old one, and what is known about their use. */
export type { Holding } from './holding';
export { keepKeys, type KeptKeys } from './keep-keys';
export { listKeys } from './list-keys';
export { activeBundleSignedBy, newestCheckpointSignedBy, sealedChannels, sealedCredentials, wrappedSessions } from './needs';
export { retireKey } from './retire-key';
export { rewrapKeys } from './rewrap-keys';
export { rotateKey } from './rotate-key';
export { settleKeys } from './settle-keys';
