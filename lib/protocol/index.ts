/** The wire contract: what agents, supervisors and scripts may rely on. It changes only by adding. */
export * from './limits';
export * from './ids';
export * from './primitives';
export * from './wire-error';
export * from './decision';
export * from './identity';
export * from './agent-events';
export * from './agent-answers';
export * from './canonical-json';
export * from './digest';
export * from './strict-json';
export * from './ed25519-key';
export * from './verify-jws';
export * from './permit';
export * from './order';
export * from './registry';
export * from './base64url';
