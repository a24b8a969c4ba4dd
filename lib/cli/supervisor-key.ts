import { z } from 'zod';
import { askWorker } from './ask-worker';
import { command, none, only, table, wrongUse } from './command';

const keySchema = z.object({ id: z.string(), name: z.string(), agentId: z.string(), agentName: z.string(), environment: z.string(), createdAt: z.string(), revokedAt: z.string().nullable() });

export const supervisorKeyCreate = command(`countersign supervisor-key create --agent AGENT [--name NAME] [--environment NAME] [--json]

Makes a key by which "countersign supervise" hears the stops of one agent (by its id or name), and nothing else. It is printed
once. Keep it in a file that only the supervisor's user reads, or hand it over by a file descriptor.
`, { agent: { type: 'string' }, name: { type: 'string' }, environment: { type: 'string' } }, async (values, positionals) => {
  none(positionals);
  if (!values.agent) throw wrongUse('Say for which agent: --agent.');
  const made = await askWorker('supervisor-key-create', { agent: values.agent, name: values.name ?? 'supervisor', ...(values.environment ? { environment: values.environment } : {}) }, keySchema.extend({ key: z.string(), controlPin: z.string(), url: z.string() }));
  return {
    json: made,
    text: `${made.key}\n\nA key for supervisors of ${made.agentName} in ${made.environment}, shown this once. Its id is ${made.id}. They also take:\n\n  COUNTERSIGN_CONTROL_URL=${made.url}\n  COUNTERSIGN_CONTROL_PIN=${made.controlPin}\n`,
  };
});

export const supervisorKeyRevoke = command('countersign supervisor-key revoke ID [--json]\n\nEnds a key. Supervisors that are connected by it lose control within a second, and end or pause their process within the lease.\n', {}, async (_values, positionals) => {
  const revoked = await askWorker('supervisor-key-revoke', { key: only(positionals, 'a supervisor key, by its id') }, keySchema);
  return { json: revoked, text: `${revoked.name} of ${revoked.agentName} opens nothing any more.\n` };
});

export const supervisorKeyList = command('countersign supervisor-key list [--json]\n\nShows the keys of supervisors, also revoked ones; never their secrets.\n', {}, async (_values, positionals) => {
  none(positionals);
  const { keys } = await askWorker('supervisor-key-list', {}, z.object({ keys: z.array(keySchema) }));
  return { json: { keys }, text: table([['ID', 'NAME', 'AGENT', 'ENVIRONMENT', 'STATE'], ...keys.map((key) => [key.id, key.name, key.agentName, key.environment, key.revokedAt ? `revoked ${key.revokedAt}` : 'active'])]) };
});
