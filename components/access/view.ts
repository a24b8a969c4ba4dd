import type { PersonView, SignInView, TokenView } from '@/lib/access/schema';

export type { PersonView, SignInView, TokenView };
export type Role = PersonView['roles'][number];

export type LinkResult = { ok: true; url: string; expiresAt: string } | { ok: false; because: string };
export type Result = { ok: true } | { ok: false; because: string };

export type ManagePeople = {
  create: (input: { email: string; name: string; roles: Role[] }) => Promise<LinkResult>;
  changeRoles: (personId: string, roles: Role[]) => Promise<Result>;
  deactivate: (personId: string) => Promise<Result>;
  newLink: (personId: string) => Promise<LinkResult>;
};
