import { z } from 'zod';
import { roles, type Role } from '@/lib/context';

export * from './passkeys/schema';
export * from './step-up/schema';

/** Compared and kept in lower case: mailboxes that differ by case alone belong to one person everywhere that matters. */
export const emailSchema = z.string().trim().toLowerCase().max(254).pipe(z.email('must be an e-mail address, e.g. ada@example.org'));
export const personIdSchema = z.uuid('must be the id of a person');
const rolesSchema = z.array(z.enum(roles)).min(1, 'at least one role').max(roles.length).transform((held) => roles.filter((role) => held.includes(role)));

export const createPersonSchema = z.strictObject({ email: emailSchema, name: z.string().trim().min(1).max(100), roles: rolesSchema });
export type CreatePerson = z.input<typeof createPersonSchema>;

export const changeRolesSchema = z.strictObject({ personId: personIdSchema, roles: rolesSchema });
export type ChangeRoles = z.input<typeof changeRolesSchema>;

export const tokenLimitSchema = z.enum(['read_only', 'deny_and_stop']);
export const createTokenSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  limit: tokenLimitSchema.optional(),
  expiresInDays: z.int().min(1).max(365).optional(),
  /** For whom, when not for oneself: the command line on the host may. */
  email: emailSchema.optional(),
});
export type CreateToken = z.input<typeof createTokenSchema>;

export type PersonView = { id: string; email: string; name: string; roles: Role[]; state: 'active' | 'deactivated'; hasPassword: boolean; createdAt: string; lastSeenAt: string | null };
/** How a person proved who they are. */
export const signInMethods = ['password', 'password_totp', 'password_recovery', 'passkey', 'oidc'] as const;
export type SignInMethod = (typeof signInMethods)[number];

export type SignInView = { id: string; createdAt: string; lastSeenAt: string; expiresAt: string; ip: string | null; userAgent: string | null };
export type TokenView = { id: string; name: string; hint: string; limit: 'read_only' | 'deny_and_stop' | null; createdAt: string; expiresAt: string | null; lastUsedAt: string | null };

/** A link's way into the console: append it to the public address. It is a secret until it is used. */
export type MadeSetupLink = { path: string; expiresAt: string };

export type SetupLinkState = { kind: 'open'; email: string; name: string; expiresAt: string } | { kind: 'used' } | { kind: 'expired' } | { kind: 'unknown' };

/** The one sentence for every refused sign-in, whoever asked for whatever reason. */
export const SIGN_IN_REFUSED = 'That e-mail and password do not open an account now. Check both; after several tries in a row wait some minutes. An administrator can make a new link to set a password.';

export type { RegisteredStopKey, StopKeyView } from './stop-key-schema';
/** What the provider calls a person, as they see it under You. */
export type IdentityView = { id: string; issuer: string; email: string | null; linkedAt: string; lastUsedAt: string | null; /** Its groups give the roles and teams. */ manages: boolean };

/** What a group gives; `gone` for a name that this console no longer has. */
export type MappedGroupView = { group: string; roles: { name: string; gone: boolean }[]; teams: { name: string; gone: boolean }[] };
export type SingleSignOnView = {
  mapping: MappedGroupView[];
  provision: 'mapped_only' | 'never';
  /** Newest first. `keptAdminAt`: when the groups would have taken the last administrator away, and did not. */
  lastSignIns: { personId: string; name: string; email: string; at: string; managed: boolean; keptAdminAt: string | null }[];
  roles: string[]; teams: string[];
};
