import { roles } from '@/lib/context';
import { hasRole, permissions, verbs } from './permissions';

/** Which role may do what, read off the one table: a row for each verb, a column for each role. */
export const roleMatrix = () => verbs.map((verb) => ({ verb, least: permissions[verb], roles: roles.filter((role) => hasRole([role], permissions[verb])) }));

/** The same as text that lines up, for a terminal. */
export function printRoleMatrix(): string {
  const width = Math.max(...verbs.map((verb) => verb.length)) + 2;
  const lines = roleMatrix().map((row) => `${row.verb.padEnd(width)}${roles.map((role) => (row.roles.includes(role) ? 'yes' : '-').padEnd(role.length + 2)).join('')}`.trimEnd());
  return `${[`${'VERB'.padEnd(width)}${roles.map((role) => role.toUpperCase()).join('  ')}`, ...lines].join('\n')}\n`;
}
