import { bundleSchema, type Bundle, type BundleInput } from '../schema';
import { attackSuite } from './attack-suite';
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
import { unlikeItself } from './unlike-itself';

const toolsets = [knowledgeBase, ticketSystem, email, payments, crm, http, files, shell, unlikeItself];

/** Its tickets are its own, and a change of one is kept in their history: after a poisoned one the work goes on, and what leaves waits. */
const constrained: BundleInput['constrained'] = {
  tools: { export_customers: 'ask' },
  classes: { 'code-execution': 'deny', financial: 'deny', destructive: 'deny', 'external-communication': 'ask', 'internal-write': 'allow' },
  route: 'untrusted-outbound',
};

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
    constrained,
    prices: { tools: {}, models: {} },
    attackSuite,
  });
}
