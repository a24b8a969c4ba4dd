import { z } from 'zod';
import { askWorker } from './ask-worker';
import { command, none, only, table, wrongUse } from './command';

const keySchema = z.object({ id: z.string(), name: z.string(), scopes: z.array(z.string()), environments: z.array(z.string()), createdAt: z.string(), revokedAt: z.string().nullable() });
const listOf = (text: string) => text.split(',').map((one) => one.trim()).filter(Boolean);

export const controlKeyCreate = command(`countersign control-key create --name NAME --scopes session,instance,agent,class,global,heartbeat [--environments NAME,…] [--json]

Makes a key that can stop within its scopes and environments, and nothing else: for a pager, a detector, a red button. It is
printed once. The scope heartbeat stops nothing: it says to dead-man switches that its person is here. Environments are those of this installation unless named; "*" means every one.
`, { name: { type: 'string' }, scopes: { type: 'string' }, environments: { type: 'string' } }, async (values, positionals) => {
  none(positionals);
  if (!values.name || !values.scopes) throw wrongUse('Give --name and --scopes.');
  const made = await askWorker('control-key-create', { name: values.name, scopes: listOf(values.scopes), ...(values.environments ? { environments: listOf(values.environments) } : {}) }, keySchema.extend({ key: z.string() }));
  return { json: made, text: `${made.key}\n\nIt is for ${made.scopes.join(', ')} in ${made.environments.join(', ')}, and is shown this once. Its id is ${made.id}.\n` };
});

export const controlKeyRevoke = command('countersign control-key revoke ID|NAME [--json]\n\nEnds a key\'s power; control notices within a second.\n', {}, async (_values, positionals) => {
  const revoked = await askWorker('control-key-revoke', { key: only(positionals, 'a control key') }, keySchema);
  return { json: revoked, text: `${revoked.name} stops nothing any more.\n` };
});

export const controlKeyList = command('countersign control-key list [--json]\n\nShows the control keys, also revoked ones; never their secrets.\n', {}, async (_values, positionals) => {
  none(positionals);
  const { keys } = await askWorker('control-key-list', {}, z.object({ keys: z.array(keySchema) }));
  return { json: { keys }, text: table([['ID', 'NAME', 'SCOPES', 'ENVIRONMENTS', 'STATE'], ...keys.map((key) => [key.id, key.name, key.scopes.join(','), key.environments.join(','), key.revokedAt ? `revoked ${key.revokedAt}` : 'active'])]) };
});
