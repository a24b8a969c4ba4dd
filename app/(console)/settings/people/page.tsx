import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { PeopleTable } from '@/components/access/people-table';
import { LiveRefresh } from '@/components/live/live-refresh';
import { listPeople, may } from '@/lib/access';
import { addPerson, deactivate, newLink, setRoles } from '../access-actions';

export const metadata: Metadata = { title: 'People' };

export default async function PeoplePage() {
  const { actor, ctx } = await requireSession();
  const people = await listPeople(ctx);
  return (
    <>
      <LiveRefresh topics={['people']} />
      <div className="page">
        <div className="page-read grid gap-8">
          <PeopleTable people={people} viewerId={actor.id} {...(may(actor, 'person.manage') && { manage: { create: addPerson, newLink, changeRoles: setRoles, deactivate } })} />
        </div>
      </div>
    </>
  );
}
