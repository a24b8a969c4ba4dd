import { z } from 'zod';
import { askWorker } from './ask-worker';
import { command, none, only, table, wrongUse } from './command';

export const tokenCreate = command(`countersign token create --user EMAIL [--name TEXT] [--limit read_only|deny_and_stop] [--days N] [--json]

Makes a bearer token for REST that speaks for this person, and prints it, once.

  --limit          read_only: reads alone; deny_and_stop: reads, denies and stops. Without it: all that the person may.
  --days           ends after so many days (1 to 365). Without it: when it is revoked.
  --json           {"token"} on the last line.
`, { user: { type: 'string' }, name: { type: 'string' }, limit: { type: 'string' }, days: { type: 'string' } }, async (values, positionals) => {
  none(positionals);
  if (!values.user) throw wrongUse('Say for whom: --user, with the e-mail address of a person.');
  if (values.limit !== undefined && values.limit !== 'read_only' && values.limit !== 'deny_and_stop') throw wrongUse('--limit is read_only or deny_and_stop.');
  const days = values.days === undefined ? undefined : Number(values.days);
  const made = await askWorker('token-create', {
    email: values.user, name: values.name ?? 'made on the command line', ...(values.limit ? { limit: values.limit } : {}), ...(days === undefined ? {} : { expiresInDays: days }),
  }, z.object({ id: z.string(), token: z.string(), expiresAt: z.string().nullable() }));
  return { json: made, text: `${made.token}\n\nIt speaks for ${values.user}${made.expiresAt ? ` until ${made.expiresAt}` : ''}, and is shown this once.\n` };
});

const linked = z.object({ personId: z.string(), email: z.string(), link: z.string(), expiresAt: z.string() });

export const userCreate = command(`countersign user create --email EMAIL --name NAME --role viewer|analyst|responder|author|reviewer|admin [--json]

Adds a person and prints the link by which they set their password: good for one use, for a day.
`, { email: { type: 'string' }, name: { type: 'string' }, role: { type: 'string' } }, async (values, positionals) => {
  none(positionals);
  const { email, name, role } = values;
  if (!email || !name || !role) throw wrongUse('Give --email, --name and --role.');
  const made = await askWorker('user-create', { email, name, role }, linked);
  return { json: made, text: `${made.email} may set a password here, until ${made.expiresAt}:\n\n  ${made.link}\n` };
});

export const userLink = command('countersign user link EMAIL [--json]\n\nMakes a new link to set a password, for one use within a day; links before it end.\n', {}, async (_values, positionals) => {
  const made = await askWorker('user-link', { email: only(positionals, 'an e-mail address') }, linked);
  return { json: made, text: `${made.email} may set a password here, until ${made.expiresAt}:\n\n  ${made.link}\n` };
});

export const userList = command('countersign user list [--json]\n\nShows everybody with their roles.\n', {}, async (_values, positionals) => {
  none(positionals);
  const found = await askWorker('user-list', {}, z.object({ people: z.array(z.looseObject({ email: z.string(), name: z.string(), roles: z.array(z.string()), state: z.string() })) }));
  return { json: found, text: table([['EMAIL', 'NAME', 'ROLES', 'STATE'], ...found.people.map((one) => [one.email, one.name, one.roles.join(','), one.state])]) };
});

export const roleMatrix = command('countersign role matrix [--json]\n\nShows which built-in role may do what. It asks nobody: the table is part of the program.\n', {}, async (_values, positionals) => {
  none(positionals);
  const { printRoleMatrix, roleMatrix: rows } = await import('@/lib/access');
  return { json: { rows: rows() }, text: printRoleMatrix() };
});

export const roleList = command('countersign role list [--json]\n\nShows the roles of your own making.\n', {}, async (_values, positionals) => {
  none(positionals);
  const found = await askWorker('role-list', {}, z.object({ roles: z.array(z.looseObject({ name: z.string(), holders: z.number(), verbs: z.array(z.string()) })) }));
  return { json: found, text: table([['ROLE', 'HOLDERS', 'VERBS'], ...found.roles.map((one) => [one.name, String(one.holders), one.verbs.join(',')])]) };
});

export const teamList = command('countersign team list [--json]\n\nShows the teams and who is in them.\n', {}, async (_values, positionals) => {
  none(positionals);
  const found = await askWorker('team-list', {}, z.object({ teams: z.array(z.looseObject({ name: z.string(), members: z.array(z.looseObject({ email: z.string() })) })) }));
  return { json: found, text: table([['TEAM', 'MEMBERS'], ...found.teams.map((one) => [one.name, one.members.map((member) => member.email).join(',')])]) };
});
