import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { RolesScreen } from '@/components/access/roles-screen';
import { LiveRefresh } from '@/components/live/live-refresh';
import { explainRights, ladder, listRoles, may, roleMatrix } from '@/lib/access';
import { endRole, makeRole, reshapeRole } from '../rights-actions';

export const metadata: Metadata = { title: 'Roles' };

export default async function RolesPage() {
  const { actor, ctx } = await requireSession();
  const [own, people] = await Promise.all([listRoles(ctx), explainRights(ctx)]);
  return (
    <>
      <LiveRefresh topics={['people']} />
      <div className="page"><div className="page-read grid gap-8">
        <RolesScreen matrix={roleMatrix()} builtIn={ladder} own={own} people={people} {...(may(actor, 'role.manage') && { manage: { create: makeRole, change: reshapeRole, archive: endRole } })} />
      </div></div>
    </>
  );
}
