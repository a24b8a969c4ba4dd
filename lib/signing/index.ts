/** Keys and what they sign: tokens, permits, orders, checkpoints, bundles; and what they seal: payloads. */
export * from './keys';
export { FileKeys, type FileKeysOptions, type SecretKey } from './file-keys';
export { type PrivateJwk, type SigningKey, generatePrivateJwk, signingKey } from './signing-key';
export * from './jws';
export * from './jwks';
export * from './public-key-text';
export * from './agent-token';
export * from './bundle-text';
export * from './permit';
export * from './order';
export * from './client-assertion';
export * from './payload-seal';
export * from './secrets';
export { readStopKeyJwk, verifyStopClaim, type StopKeyJwk } from './stop-key';
export { payloadWrapper } from './payload-keys';
export { type KeyUses, noteKeyUse, returnKeyUses, takeKeyUses } from './key-uses';
export { credentialWrapper } from './credential-keys';
export { channelSecretPlace, rotaSecretPlace, channelWrapper } from './channel-keys';
