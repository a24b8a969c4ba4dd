import { z } from 'zod';
import { parseGrant } from '@/lib/agents/rules';
import { DomainError } from '@/lib/errors';
import { askWorker } from './ask-worker';
import { command, none, only, table, wrongUse } from './command';

const credentials = z.object({ clientId: z.string(), clientSecret: z.string(), controlPin: z.string() });
const agents = z.object({ agents: z.array(z.looseObject({
  id: z.string(), name: z.string(), state: z.looseObject({ kind: z.string() }), enforced: z.boolean(), openSessions: z.number(),
  capabilities: z.array(z.object({ toolset: z.string(), operations: z.array(z.string()), scope: z.string() })),
})) });

export const agentCreate = command(`countersign agent create --name NAME --capability TOOLSET:OPERATION[,OPERATION…]:SCOPE [--capability …]
                         [--description TEXT] [--enforced] [--json]

Registers an agent and prints its credentials, once.

  --capability     what it may ask for at all, e.g. "ticket_system:read,update:assigned/*" or "email:send:**".
                   "*" stays within one segment of a resource, "**" crosses "/". Policies decide each call within that.
  --enforced       its tools' credentials are held by "countersign mcp-proxy", so it can't act past the gate.
  --json           {"clientId","clientSecret","controlPin"} on the last line.
`, { name: { type: 'string' }, capability: { type: 'string', multiple: true }, description: { type: 'string' }, enforced: { type: 'boolean' } }, async (values, positionals) => {
  none(positionals);
  if (!values.name) throw wrongUse('Give the agent a name: --name.');
  const capabilities = (values.capability ?? []).map(readGrant);
  const made = await askWorker('agent-create', { name: values.name, capabilities, enforced: values.enforced ?? false, ...(values.description ? { description: values.description } : {}) }, credentials.extend({ name: z.string(), url: z.string() }));
  return { json: made, text: `Agent ${made.name} is registered.\n\n${environment(made)}  COUNTERSIGN_URL=${made.url}\n\nThe secret is shown this once. ${capabilities.length === 0 ? 'It has no capability yet, so nothing it asks for is allowed.\n' : '\n'}` };
});

export const agentList = command('countersign agent list [--json]\n\nShows every agent with its id, state and capabilities.\n', {}, async (_values, positionals) => {
  none(positionals);
  const found = await askWorker('agent-list', {}, agents);
  const rows = found.agents.map((one) => [one.id, one.name, one.state.kind, one.enforced ? 'enforced' : 'cooperative', `${one.openSessions} open`, one.capabilities.map((grant) => `${grant.toolset}:${grant.operations.join(',')}:${grant.scope}`).join(' ')]);
  return { json: found, text: rows.length === 0 ? 'There are no agents yet. "countersign agent create" makes one.\n' : table([['ID', 'NAME', 'STATE', 'TOOLS ARE', 'SESSIONS', 'CAPABILITIES'], ...rows]) };
});

export const agentDisable = command('countersign agent disable AGENT [--json]\n\nEnds an agent\'s power at once: its connections close and its tokens are refused. AGENT is its id or name.\n', {}, async (_values, positionals) => {
  const agent = only(positionals, 'an agent, by id or name');
  const done = await askWorker('agent-disable', { agent }, z.object({ clientId: z.string() }));
  return { json: done, text: `Disabled. "countersign agent enable ${done.clientId}" undoes it.\n` };
});

export const agentEnable = command('countersign agent enable AGENT [--json]\n\nGives a disabled agent its power back. AGENT is its id or name.\n', {}, async (_values, positionals) => {
  const agent = only(positionals, 'an agent, by id or name');
  const done = await askWorker('agent-enable', { agent }, z.object({ clientId: z.string() }));
  return { json: done, text: 'Enabled.\n' };
});

export const agentRotate = command(`countersign agent rotate AGENT [--overlap MINUTES] [--json]

Makes a new secret and prints it, once. The old one ends now, or with --overlap after that many minutes (7 days at most).
`, { overlap: { type: 'string' } }, async (values, positionals) => {
  const agent = only(positionals, 'an agent, by id or name');
  const minutes = values.overlap === undefined ? 0 : Number(values.overlap);
  if (!(minutes >= 0 && minutes <= 7 * 24 * 60)) throw wrongUse('--overlap takes minutes, from 0 to 10080.');
  const made = await askWorker('agent-rotate', { agent, overlapMs: Math.round(minutes * 60_000) }, credentials);
  return { json: made, text: `${environment(made)}\nThe secret is shown this once; the old one ${minutes > 0 ? `works for ${minutes} more minutes` : 'no longer works'}.\n` };
});

const environment = ({ clientId, clientSecret, controlPin }: z.infer<typeof credentials>) => `  COUNTERSIGN_CLIENT_ID=${clientId}\n  COUNTERSIGN_CLIENT_SECRET=${clientSecret}\n  COUNTERSIGN_CONTROL_PIN=${controlPin}\n`;

function readGrant(text: string) {
  try {
    return parseGrant(text);
  } catch (error) {
    throw error instanceof DomainError ? wrongUse(error.message) : error;
  }
}
