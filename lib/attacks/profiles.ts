import type { Grant } from '@/lib/agents';
import type { ProfileName } from './schema';

const all = (toolset: string): Grant => ({ toolset, operations: ['*'], scope: '**' });

/** What agents of each kind may ask for at all, as an administrator would grant it. */
export const profiles: Record<ProfileName, { name: string; capabilities: Grant[] }> = {
  support: { name: 'support desk', capabilities: [all('ticket_system'), all('knowledge_base'), all('email'), all('payments'), all('crm'), all('http')] },
  clerk: { name: 'office clerk', capabilities: [all('email'), all('http'), all('knowledge_base'), { toolset: 'files', operations: ['read', 'write'], scope: '/srv/office/**' }, { toolset: 'crm', operations: ['read'], scope: '**' }] },
  developer: { name: 'developer', capabilities: [{ toolset: 'files', operations: ['read', 'write'], scope: '/srv/code/**' }, all('shell'), all('http'), all('ticket_system')] },
  operator: { name: 'operations', capabilities: [all('files'), all('shell'), all('http'), all('ticket_system'), all('email')] },
  reader: { name: 'research', capabilities: [all('http'), all('knowledge_base'), { toolset: 'files', operations: ['read'], scope: '/srv/library/**' }, { toolset: 'ticket_system', operations: ['read'], scope: '**' }] },
  everything: { name: 'assistant', capabilities: ['ticket_system', 'knowledge_base', 'email', 'payments', 'crm', 'http', 'files', 'shell'].map(all) },
};
