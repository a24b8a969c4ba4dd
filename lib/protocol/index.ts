/** The wire contract: what agents, supervisors and scripts may rely on. It changes only by adding. */
export * from './limits';
export * from './ids';
export * from './primitives';
export * from './wire-error';
export * from './decision';
export * from './identity';
export * from './agent-events';
export * from './agent-answers';
