import type { Limit } from '@/lib/policies/schema';
import type { RegistryTool } from '@/lib/protocol/registry';

/** Whom a call is counted for. */
export type Caller = { sessionId: string; agentId: string; /** Undefined where the session names nobody. */ principalId: string | undefined; tool: RegistryTool };

/** What a limit counts under for this call; undefined where it does not cover it. What does not begin with a session's id is shared by all gateways. */
export function limitKey({ on }: Limit, { sessionId, agentId, principalId, tool }: Caller): string | undefined {
  switch (on.per) {
    case 'session': return `session:${sessionId}`;
    case 'agent': return agentKey(agentId);
    case 'principal': return principalId === undefined ? undefined : `principal:${principalId}`;
    case 'tool': return on.name === tool.name ? `${across(on.across, sessionId, agentId)}tool:${on.name}` : undefined;
    case 'class': return tool.classes.includes(on.name) ? `${across(on.across, sessionId, agentId)}class:${on.name}` : undefined;
  }
}

export const agentKey = (agentId: string) => `agent:${agentId}`;
export const isShared = (key: string): boolean => !key.startsWith('session:');

function across(what: 'session' | 'agent' | 'everybody' | undefined, sessionId: string, agentId: string): string {
  switch (what) {
    case 'everybody': return '';
    case 'agent': return `${agentKey(agentId)}:`;
    default: return `session:${sessionId}:`;
  }
}

/** How a sentence names what is limited. */
export function limitSubject({ on }: Limit): string {
  switch (on.per) {
    case 'session': return 'tools in one session';
    case 'agent': return 'tools by this agent';
    case 'principal': return 'tools for this principal';
    case 'tool': return `${on.name}${whose[on.across ?? 'session']}`;
    case 'class': return `tools of class ${on.name}${whose[on.across ?? 'session']}`;
  }
}
const whose = { session: '', agent: ' by this agent', everybody: ' by all agents' } as const;

const DAY_MS = 86_400_000;
let lastDay = { number: Number.NaN, text: '' };
/** The day in UTC, written once a day: every decision asks for it several times. */
export function dayOf(now: Date): string {
  const number = Math.floor(now.getTime() / DAY_MS);
  if (number !== lastDay.number) lastDay = { number, text: now.toISOString().slice(0, 10) };
  return lastDay.text;
}
