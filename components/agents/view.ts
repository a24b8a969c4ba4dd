import type { AgentView, CreateAgent, Grant } from '@/lib/agents/schema';

export type { AgentView, CreateAgent, Grant };

/** What a new or rotated credential is, shown once. */
export type Credential = { name: string; clientId: string; clientSecret: string; controlPin?: string };
export type CredentialResult = { ok: true; credential: Credential } | { ok: false; because: string; field?: 'name' | 'capabilities' | 'description' };
export type RegisterAgent = (input: CreateAgent) => Promise<CredentialResult>;
export type RotateSecret = (agentId: string) => Promise<CredentialResult>;
export type ChangeAgentState = (agentId: string, to: 'active' | 'disabled') => Promise<{ ok: true } | { ok: false; because: string }>;
