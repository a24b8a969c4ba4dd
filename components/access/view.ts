import type { ExplainedPerson, HistoryEntry, NewDeviceView, OwnedTokenView, OwnRoleView, PersonCredentials, PersonInFull, RecoveryCodesView, ServiceAccountView, SignInView, TeamView, TokenView, TotpView } from '@/lib/access/schema';

export type { ExplainedPerson, HistoryEntry, NewDeviceView, OwnedTokenView, OwnRoleView, RecoveryCodesView, ServiceAccountView, SignInView, TeamView, TokenView, TotpView };
export type PersonView = PersonInFull;
export type PersonCredentialsView = PersonCredentials;
export type Role = PersonView['roles'][number];

export type LinkResult = { ok: true; url: string; expiresAt: string } | { ok: false; because: string };
export type Result = { ok: true } | { ok: false; because: string };
export type Answer<T> = { ok: true; value: T } | { ok: false; because: string };
/** `path` names the field that was wrong. */
export type FieldResult = { ok: true } | { ok: false; because: string; path?: string };

/** A one-time password being set up: the secret as text, and as the path of a QR code in a square of `size`. */
export type Enrolment = { secret: string; qr: { size: number; path: string } };
export type MadeToken = { ok: true; token: string } | { ok: false; because: string };
export type NewToken = { name: string; limit?: 'read_only' | 'deny_and_stop'; verbs?: string[]; environments?: string[]; expiresInDays?: number; serviceAccountId?: string };

export type ManagePeople = {
  create: (input: { email: string; name: string; roles: string[]; teams: string[] }) => Promise<LinkResult>;
  changeRoles: (personId: string, roles: string[]) => Promise<Result>;
  changeTeams: (personId: string, teams: string[]) => Promise<Result>;
  deactivate: (personId: string) => Promise<Result>;
  activate: (personId: string) => Promise<Result>;
  newLink: (personId: string) => Promise<LinkResult>;
  withdrawLink: (personId: string) => Promise<Result>;
};
export type ManageTeams = {
  create: (name: string, description: string) => Promise<Result>;
  change: (teamId: string, name: string, description: string) => Promise<Result>;
  fill: (teamId: string, members: string[]) => Promise<Result>;
  archive: (teamId: string) => Promise<Result>;
};
type RoleInput = { name: string; description: string; verbs: string[] };
export type ManageRoles = { create: (input: RoleInput) => Promise<Result>; change: (input: RoleInput) => Promise<Result>; archive: (name: string) => Promise<Result> };
export type ManageAccounts = {
  create: (input: { name: string; description: string; roles: string[] }) => Promise<Result>;
  change: (id: string, description: string, roles: string[]) => Promise<Result>;
  deactivate: (id: string) => Promise<Result>;
};
