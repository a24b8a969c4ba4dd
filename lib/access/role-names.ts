import { roles, type Role } from '@/lib/context';

export const builtInRole = (name: string): name is Role => (roles as readonly string[]).includes(name);

/** Each once: built-in roles from the least to the most, then those of the organisation's own, by name. */
export const orderedRoles = (held: readonly string[]): string[] => [...roles.filter((role) => held.includes(role)), ...[...new Set(held.filter((name) => !builtInRole(name)))].sort()];

export const builtInRoles = (held: readonly Role[]): Role[] => roles.filter((role) => held.includes(role));
