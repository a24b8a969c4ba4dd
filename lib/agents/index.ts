/** Agents: registered non-human identities, what they may touch, and the secrets that prove who they are. */
export { createAgent } from './create-agent';
export { disableAgent, enableAgent, rotateAgentSecret } from './change-agent';
export { loadAgent, agentSecretHolds, type KnownAgent } from './authenticate-agent';
export { loadAgentKeys } from './agent-keys';
export { attachInstance } from './attach-instance';
export { grantAgentToken, OAuthError, type TokenRequest } from './grant-agent-token';
export { forgetUsedAssertions } from './forget-used-assertions';
export { listAgents, getAgent } from './queries';
export { nameInstances } from './name-instances';
export type { AgentView, Grant } from './schema';
export { RefusalLimit } from './refusal-limit';
