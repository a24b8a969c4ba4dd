'use server';

import { runAction } from '@/app/_session/action-result';
import type { LinkResult, MadeToken, NewToken, Result } from '@/components/access/view';
import { activatePerson, archiveRole, archiveTeam, changeRole, changeRoles, changeServiceAccount, changeTeam, changeTeamMembers, changeTeams, createPerson, createRole, createServiceAccount, createTeam, createToken, deactivateServiceAccount, withdrawSetupLink, type Verb } from '@/lib/access';
import type { Context, Role } from '@/lib/context';
import { env } from '@/lib/env';

async function act(work: (ctx: Context) => Promise<unknown>): Promise<Result> {
  const done = await runAction(work);
  return done.ok ? { ok: true } : { ok: false, because: done.error.message };
}

export async function invite(input: { email: string; name: string; roles: string[]; teams: string[] }): Promise<LinkResult> {
  const done = await runAction(async (ctx) => (await createPerson(ctx, input)).link);
  return done.ok ? { ok: true, url: `${env().publicUrl}${done.value.path}`, expiresAt: done.value.expiresAt } : { ok: false, because: done.error.message };
}
export const giveRoles = async (personId: string, roles: string[]) => act((ctx) => changeRoles(ctx, { personId, roles }));
export const giveTeams = async (personId: string, teams: string[]) => act((ctx) => changeTeams(ctx, { personId, teams }));
export const letBackIn = async (personId: string) => act((ctx) => activatePerson(ctx, personId));
export const withdrawInvitation = async (personId: string) => act((ctx) => withdrawSetupLink(ctx, personId));

export const makeTeam = async (name: string, description: string) => act((ctx) => createTeam(ctx, { name, description }));
export const renameTeam = async (teamId: string, name: string, description: string) => act((ctx) => changeTeam(ctx, { teamId, name, description }));
export const fillTeam = async (teamId: string, members: string[]) => act((ctx) => changeTeamMembers(ctx, { teamId, members }));
export const endTeam = async (teamId: string) => act((ctx) => archiveTeam(ctx, teamId));

export const makeRole = async (input: { name: string; description: string; verbs: string[] }) => act((ctx) => createRole(ctx, { ...input, verbs: input.verbs as Verb[] }));
export const reshapeRole = async (input: { name: string; description: string; verbs: string[] }) => act((ctx) => changeRole(ctx, { ...input, verbs: input.verbs as Verb[] }));
export const endRole = async (name: string) => act((ctx) => archiveRole(ctx, name));

export const makeServiceAccount = async (input: { name: string; description: string; roles: string[] }) => act((ctx) => createServiceAccount(ctx, { ...input, roles: input.roles as Role[] }));
export const reshapeServiceAccount = async (serviceAccountId: string, description: string, roles: string[]) => act((ctx) => changeServiceAccount(ctx, { serviceAccountId, description, roles: roles as Role[] }));
export const endServiceAccount = async (id: string) => act((ctx) => deactivateServiceAccount(ctx, id));

/** The token is in this answer and nowhere else afterwards. */
export async function makeHeldToken(input: NewToken): Promise<MadeToken> {
  const made = await runAction((ctx) => createToken(ctx, input as Parameters<typeof createToken>[1]));
  return made.ok ? { ok: true, token: made.value.token } : { ok: false, because: made.error.message };
}
