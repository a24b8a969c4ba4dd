import { z } from 'zod';
import { roles, type Role } from '@/lib/context';
import type { EventData } from '@/lib/log';
import { knownVerbs, verbs, type Verb } from './permissions';
import type { PasskeyView } from './passkeys/schema';
import { builtInRole, builtInRoles, orderedRoles } from './role-names';
import type { RegisteredStopKey, StopKeyView } from './stop-key-schema';

export * from './passkeys/schema';
export * from './step-up/schema';

/** Compared and kept in lower case: mailboxes that differ by case alone belong to one person everywhere that matters. */
export const emailSchema = z.string().trim().toLowerCase().max(254).pipe(z.email('must be an e-mail address, e.g. ada@example.org'));
export const personIdSchema = z.uuid('must be the id of a person');
/** One line that people read: no control, no invisible and no direction-changing characters, so that two names that look alike are alike. */
const lineOf = (most: number) => z.string().trim().max(most).regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'must be one line of visible characters');
const nameSchema = lineOf(100).min(1, 'must not be empty');
const descriptionSchema = lineOf(200).default('');

/** Built-in roles and own ones share one name space, as policies name both the same way. */
export const roleNameSchema = z.string().regex(/^[a-z][a-z0-9_-]{1,39}$/, 'must be 2 to 40 lower-case letters, digits, - and _, e.g. payments-approver');
export const teamNameSchema = z.string().trim().regex(/^[A-Za-z][A-Za-z0-9 _.-]{1,39}$/, 'must be 2 to 40 letters, digits, spaces, -, _ and ., e.g. payments');
const rolesSchema = z.array(roleNameSchema).min(1, 'at least one role').max(30).transform(orderedRoles);
const teamsSchema = z.array(teamNameSchema).max(100).transform((names) => [...new Set(names)].sort());

export const createPersonSchema = z.strictObject({ email: emailSchema, name: z.string().trim().min(1).max(100), roles: rolesSchema, teams: teamsSchema.default([]) });
export type CreatePerson = z.input<typeof createPersonSchema>;

export const changeRolesSchema = z.strictObject({ personId: personIdSchema, roles: rolesSchema });
export type ChangeRoles = z.input<typeof changeRolesSchema>;
export const changeTeamsSchema = z.strictObject({ personId: personIdSchema, teams: teamsSchema });
export type ChangeTeams = z.input<typeof changeTeamsSchema>;

export const createTeamSchema = z.strictObject({ name: teamNameSchema, description: descriptionSchema });
export type CreateTeam = z.input<typeof createTeamSchema>;
export const changeTeamSchema = z.strictObject({ teamId: z.uuid(), name: teamNameSchema, description: descriptionSchema });
export type ChangeTeam = z.input<typeof changeTeamSchema>;
export const teamMembersSchema = z.strictObject({ teamId: z.uuid(), members: z.array(personIdSchema).max(2_000) });
export type TeamMembers = z.input<typeof teamMembersSchema>;

const verbsSchema = z.array(z.enum(verbs)).max(verbs.length).transform(knownVerbs);
export const createRoleSchema = z.strictObject({
  name: roleNameSchema.refine((name) => !builtInRole(name), 'is the name of a built-in role'), description: descriptionSchema, verbs: verbsSchema.pipe(z.array(z.enum(verbs)).min(1, 'at least one verb')),
});
export type CreateRole = z.input<typeof createRoleSchema>;

export const createServiceAccountSchema = z.strictObject({ name: nameSchema, description: descriptionSchema, roles: z.array(z.enum(roles)).min(1, 'at least one role').transform(builtInRoles) });
export type CreateServiceAccount = z.input<typeof createServiceAccountSchema>;
export const changeServiceAccountSchema = createServiceAccountSchema.omit({ name: true }).extend({ serviceAccountId: z.uuid() });
export type ChangeServiceAccount = z.input<typeof changeServiceAccountSchema>;

export const tokenLimitSchema = z.enum(['read_only', 'deny_and_stop']);
export const createTokenSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  limit: tokenLimitSchema.optional(),
  /** Held to these alone; without them to none in particular. */
  verbs: z.array(z.enum(verbs)).min(1, 'at least one verb, or leave the verbs out').transform(knownVerbs).optional(),
  environments: z.array(z.string().trim().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, 'must be the name of an environment, e.g. production')).min(1, 'at least one environment, or leave them out').max(20).transform((names) => [...new Set(names)].sort()).optional(),
  expiresInDays: z.int().min(1).max(365).optional(),
  /** For whom, when not for oneself: the command line on the host may. */
  email: emailSchema.optional(),
  /** For a service account, by whoever may manage them. */
  serviceAccountId: z.uuid().optional(),
});
export type CreateToken = z.input<typeof createTokenSchema>;

export type PersonView = { id: string; email: string; name: string; roles: Role[]; state: 'active' | 'deactivated'; hasPassword: boolean; createdAt: string; lastSeenAt: string | null };
/** Whether somebody still has to take up their invitation. */
export type InvitationState = { kind: 'none' } | { kind: 'open'; expiresAt: string } | { kind: 'over' };
export type PersonIdentity = { id: string; issuer: string; email: string | null; createdAt: string; lastUsedAt: string | null };
export type PersonInFull = PersonView & {
  /** Roles of the organisation's own making. */
  ownRoles: string[]; teams: string[]; identities: PersonIdentity[]; passkeys: number; invitation: InvitationState;
  /** The provider whose groups give roles and teams; then they are not changed by hand. */
  managedBy: string | null;
};
export type TeamView = { id: string; name: string; description: string; createdAt: string; members: { id: string; name: string; email: string; state: PersonView['state'] }[] };
export type OwnRoleView = { name: string; description: string; verbs: Verb[]; createdAt: string; changedAt: string; holders: number };

/** A role that a person holds: who gave it, since when, and until when it does not count for what was pending before. */
export type HeldRole = { name: string; since: string | null; by: string | null; waitsUntil: string | null; verbs: Verb[] };
export type ExplainedPerson = { id: string; name: string; held: HeldRole[]; may: { verb: Verb; from: string[] }[] };

/** How a person proved who they are; `password_passkey`: by their password, and registered a passkey with that sign-in. */
export const signInMethods = ['password', 'password_totp', 'password_recovery', 'password_passkey', 'passkey', 'oidc'] as const;
export type SignInMethod = (typeof signInMethods)[number];
export const knownMethod = (kept: string): SignInMethod => signInMethods.find((method) => method === kept) ?? 'password';

export type SignInView = { id: string; createdAt: string; lastSeenAt: string; expiresAt: string; ip: string | null; userAgent: string | null; method: SignInMethod; newDevice: boolean };
/** Whose a token is: a person's or a program's. */
export type TokenOwner = { kind: 'person' | 'service_account'; id: string; name: string };
export type OwnedTokenView = TokenView & { owner: TokenOwner };
export type ServiceAccountView = { id: string; name: string; description: string; roles: Role[]; state: 'active' | 'deactivated'; createdAt: string; owner: string | null; tokens: TokenView[] };
export type TokenView = { id: string; name: string; hint: string; limit: 'read_only' | 'deny_and_stop' | null; verbs: Verb[]; environments: string[]; createdAt: string; expiresAt: string | null; lastUsedAt: string | null };

/** A link's way into the console: append it to the public address. It is a secret until it is used. */
export type MadeSetupLink = { path: string; expiresAt: string };

export type SetupLinkState = { kind: 'open'; email: string; name: string; expiresAt: string } | { kind: 'used' } | { kind: 'expired' } | { kind: 'unknown' };

/** The one sentence for every refused sign-in, whoever asked for whatever reason. */
export const SIGN_IN_REFUSED = 'That e-mail and password do not open an account now. Check both; after several tries in a row wait some minutes. An administrator can make a new link to set a password.';

export type { RegisteredStopKey, StopKeyView };
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

/** A one-time password that is being set up: its secret is shown now and never again. */
export type TotpEnrolment = { secret: string; uri: string };
export type TotpView = { kind: 'none' } | { kind: 'on'; since: string };
/** What somebody gets in by, and what acts or stops in their name without them. No secret is in it. */
export type PersonCredentials = {
  person: PersonInFull;
  /** Whether whoever asks may take any of it away: nobody manages somebody who may do more than they. */
  within: boolean;
  passkeys: PasskeyView[]; totp: { kind: 'none' } | { kind: 'on'; since: string; lastUsedAt: string | null }; recovery: RecoveryCodesView; stopKeys: StopKeyView[]; tokens: TokenView[]; signIns: SignInView[];
};
export type RecoveryCodesView = { left: number; made: number; madeAt: string | null };

/** A browser that somebody signed in with and that their person has not said they know. */
export type NewDeviceView = { id: string; userAgent: string | null; ip: string | null; method: SignInMethod | null; firstSeenAt: string; liveSignIns: number };

export type SignInEnd = { kind: 'live' } | { kind: 'ended'; at: string; why: string | null } | { kind: 'idle'; at: string } | { kind: 'expired'; at: string };
/** Why nobody was let in, as the record has it. */
export type SignInRefusal = EventData<'person.sign_in_refused'>['why'];
/** What happened at a person's door, newest first. */
export type HistoryEntry =
  | { kind: 'signed_in'; id: string; at: string; method: SignInMethod; ip: string | null; userAgent: string | null; device: 'first_time' | 'again' | 'none'; end: SignInEnd }
  | { kind: 'refused'; id: string; at: string; ip: string | null; why: SignInRefusal };
