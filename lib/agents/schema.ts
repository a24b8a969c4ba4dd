import { z } from 'zod';

export const grantSchema = z.strictObject({
  toolset: z.string().min(1).max(128).regex(/^[a-z0-9][a-z0-9_-]*$/, 'must be a toolset of the registry, e.g. "ticket_system"'),
  operations: z.array(z.string().min(1).max(64).regex(/^([a-z0-9][a-z0-9_-]*|\*)$/, 'must be an operation, e.g. "read"')).min(1).max(64),
  scope: z.string().min(1).max(512),
});
/** One capability of an agent: operations of a toolset, within a scope. */
export type Grant = z.infer<typeof grantSchema>;

export const createAgentSchema = z.strictObject({
  name: z.string().min(1).max(100).regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u, 'must be letters, digits, spaces, ".", "_" or "-"'),
  description: z.string().max(500).default(''),
  capabilities: z.array(grantSchema).max(256),
  /** Its credentials live in a proxy that holds the tools', so that it cannot act without the gate. */
  enforced: z.boolean().default(false),
  simulated: z.boolean().default(false),
});
export type CreateAgent = z.input<typeof createAgentSchema>;

export type AgentState = { kind: 'active' } | { kind: 'disabled'; since: string };
export type AgentView = {
  id: string; name: string; description: string; state: AgentState; enforced: boolean; simulated: boolean; createdAt: string;
  capabilities: Grant[]; openSessions: number; instances: number; lastSeenAt: string | null;
};
