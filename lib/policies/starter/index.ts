import { bundleSchema, type Bundle } from '../schema';
import { crm } from './crm';
import { email } from './email';
import { files } from './files';
import { http } from './http';
import { knowledgeBase } from './knowledge-base';
import { limits } from './limits';
import { payments } from './payments';
import { routes } from './routes';
import { shell } from './shell';
import { ticketSystem } from './ticket-system';

const toolsets = [knowledgeBase, ticketSystem, email, payments, crm, http, files, shell];

/** What a new installation begins with: eight toolsets with sensible rules for the organisation `example.org`, to be changed to one's own. */
export function starterBundle(sequence = 1): Bundle {
  return bundleSchema.parse({
    format: 1,
    sequence,
    name: 'Starter bundle',
    organisation: { name: 'Example', domains: ['example.org'] },
    tools: toolsets.flatMap((toolset) => toolset.tools),
    policies: Object.fromEntries(toolsets.flatMap((toolset) => Object.entries(toolset.policies)).map(([id, text]) => [id, { text }])),
    routes,
    limits,
    prices: { tools: {}, models: {} },
  });
}
