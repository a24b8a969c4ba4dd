import type { HistoryEntry, NewDeviceView, PersonView, RecoveryCodesView, SignInView, TokenView, TotpView } from '@/lib/access/schema';

export type { HistoryEntry, NewDeviceView, PersonView, RecoveryCodesView, SignInView, TokenView, TotpView };
export type Role = PersonView['roles'][number];

export type LinkResult = { ok: true; url: string; expiresAt: string } | { ok: false; because: string };
export type Result = { ok: true } | { ok: false; because: string };
export type Answer<T> = { ok: true; value: T } | { ok: false; because: string };
/** `path` names the field that was wrong. */
export type FieldResult = { ok: true } | { ok: false; because: string; path?: string };

/** A one-time password being set up: the secret as text, and as the path of a QR code in a square of `size`. */
export type Enrolment = { secret: string; qr: { size: number; path: string } };

export type ManagePeople = {
  create: (input: { email: string; name: string; roles: Role[] }) => Promise<LinkResult>;
  changeRoles: (personId: string, roles: Role[]) => Promise<Result>;
  deactivate: (personId: string) => Promise<Result>;
  newLink: (personId: string) => Promise<LinkResult>;
};
