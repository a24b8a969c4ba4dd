import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { PeopleTable } from '@/components/access/people-table';
import { TeamsPanel } from '@/components/access/teams-panel';
import { LiveRefresh } from '@/components/live/live-refresh';
import { listPeople, listRoles, listTeams, may } from '@/lib/access';
import { deactivate, newLink } from '../access-actions';
import { endTeam, fillTeam, giveRoles, giveTeams, invite, letBackIn, makeTeam, renameTeam, withdrawInvitation } from '../rights-actions';

export const metadata: Metadata = { title: 'People' };

export default async function PeoplePage() {
  const { actor, ctx } = await requireSession();
  const [people, teams, roles] = await Promise.all([listPeople(ctx), listTeams(ctx), listRoles(ctx)]);
  const manage = { create: invite, newLink, withdrawLink: withdrawInvitation, changeRoles: giveRoles, changeTeams: giveTeams, deactivate, activate: letBackIn };
  return (
    <>
      <LiveRefresh topics={['people']} />
      <div className="page">
        <div className="page-read grid gap-8">
          <PeopleTable people={people} viewerId={actor.id} ownRoles={roles.map((role) => role.name)} teams={teams.map((team) => team.name)} {...(may(actor, 'person.manage') && { manage })} />
          <TeamsPanel teams={teams} people={people} {...(may(actor, 'team.manage') && { manage: { create: makeTeam, change: renameTeam, fill: fillTeam, archive: endTeam } })} />
        </div>
      </div>
    </>
  );
}
