'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Ellipsis, UserPlus } from 'lucide-react';
import { Ago, Countdown } from '@/components/live/countdown';
import { Button } from '@/components/ui/button';
import { Menu } from '@/components/ui/menu';
import { useToast } from '@/components/ui/toast';
import { VisibleText } from '@/components/ui/visible';
import { AddPersonDialog, LinkDialog, RolesDialog, TeamsDialog } from './person-dialogs';
import type { LinkResult, ManagePeople, PersonView, Result } from './view';

type Props = { people: readonly PersonView[]; viewerId: string; manage?: ManagePeople; ownRoles?: readonly string[]; teams?: readonly string[] };

/** Who may decide, in which roles and teams. Without `manage` it is for reading. */
export function PeopleTable({ people, viewerId, manage, ownRoles = [], teams = [] }: Props) {
  const router = useRouter();
  const toast = useToast();
  const [adding, setAdding] = useState(false);
  const [roleOf, setRoleOf] = useState<PersonView | null>(null);
  const [teamOf, setTeamOf] = useState<PersonView | null>(null);
  const [link, setLink] = useState<Extract<LinkResult, { ok: true }> | null>(null);

  const after = (result: Result, done: string): Result => {
    if (result.ok) toast({ glyph: 'done', title: done });
    router.refresh();
    return result;
  };
  const failed = () => ({ ok: false as const, because: 'The server did not answer.' });
  const act = (doing: Promise<Result>, done: string) => void doing.catch(failed).then((result) => { after(result, done); if (!result.ok) toast({ glyph: 'broken', title: 'Nothing was changed.', second: result.because }); });
  const makeLink = (doing: Promise<LinkResult>) => void doing.catch(failed).then((result) => { if (result.ok) setLink(result); else toast({ glyph: 'broken', title: 'Nothing was changed.', second: result.because }); router.refresh(); });
  return (
    <section>
      <header className="flex flex-wrap items-end justify-between gap-3"><h1>People</h1>{manage && <Button onClick={() => setAdding(true)}><UserPlus size={14} aria-hidden="true" />Add a person</Button>}</header>
      <table className="table people mt-2">
        <thead><tr><th>Person</th><th>Roles and teams</th><th className="num on-desk">Seen</th>{manage && <th><span className="live-region">Acts</span></th>}</tr></thead>
        <tbody>
          {people.map((person) => (
            <tr key={person.id} className="tall">
              <td><b className="font-medium"><VisibleText text={person.name} /></b>{person.id === viewerId && <span className="quiet-text">, you</span>}<div className="quiet-text"><VisibleText text={person.email} /></div>{person.identities.map((one) => <div key={one.id} className="quiet-text">also by <VisibleText text={one.issuer} /></div>)}</td>
              <td>{person.state === 'deactivated' ? <span className="quiet-text">deactivated</span> : [...person.roles, ...person.ownRoles].join(', ') || <span className="quiet-text">no role</span>}{person.state === 'active' && person.teams.length > 0 && <div className="quiet-text">{person.teams.join(', ')}</div>}<Invitation person={person} />{person.managedBy && <div className="quiet-text">by the groups of <VisibleText text={person.managedBy} /></div>}</td>
              <td className="num on-desk">{person.lastSeenAt ? <Ago at={person.lastSeenAt} suffix=" ago" /> : <span className="quiet-text">never</span>}</td>
              {manage && <td className="num"><Menu label={`Acts on ${person.name}`} trigger={<Ellipsis size={16} aria-hidden="true" />}>{person.state === 'active' ? <>
                <button type="button" className="item" disabled={person.managedBy !== null} onClick={() => setRoleOf(person)}>Change roles…</button>
                {teams.length > 0 && <button type="button" className="item" disabled={person.managedBy !== null} onClick={() => setTeamOf(person)}>Change teams…</button>}
                <button type="button" className="item" onClick={() => makeLink(manage.newLink(person.id))}>{person.invitation.kind === 'none' ? 'Make a link to set a password' : 'Make a new invitation'}</button>
                {person.invitation.kind === 'open' && <button type="button" className="item" onClick={() => act(manage.withdrawLink(person.id), 'The invitation opens nothing any more.')}>Withdraw the invitation</button>}
                <Link className="item" href={person.id === viewerId ? '/settings' : `/settings/people/${person.id}`} prefetch={false}>Keys of {person.name.slice(0, 40)}</Link>
                <Link className="item" href={`/settings/history?person=${person.id}`} prefetch={false}>Sign-ins of {person.name.slice(0, 40)}</Link>
                <button type="button" className="item" disabled={person.id === viewerId} onClick={() => act(manage.deactivate(person.id), `${person.name} is signed out everywhere and cannot come back.`)}>Deactivate {person.name.slice(0, 40)}</button>
              </> : <>
                <button type="button" className="item" onClick={() => act(manage.activate(person.id), `${person.name} may sign in again.`)}>Let {person.name.slice(0, 40)} back in</button>
                <Link className="item" href={`/settings/people/${person.id}`} prefetch={false}>Keys of {person.name.slice(0, 40)}</Link>
              </>}</Menu></td>}
            </tr>
          ))}
        </tbody>
      </table>
      {manage && <>
        <AddPersonDialog open={adding} onClose={() => setAdding(false)} create={manage.create} ownRoles={ownRoles} teams={teams} onMade={(made) => { setAdding(false); setLink(made); router.refresh(); }} />
        <RolesDialog person={roleOf} onClose={() => setRoleOf(null)} ownRoles={ownRoles} save={async (person, roles) => after(await manage.changeRoles(person.id, roles), `${person.name} has other roles now.`)} />
        <TeamsDialog person={teamOf} onClose={() => setTeamOf(null)} teams={teams} save={async (person, joined) => after(await manage.changeTeams(person.id, joined), `${person.name} is in other teams now.`)} />
        <LinkDialog link={link} onClose={() => setLink(null)} />
      </>}
    </section>
  );
}

function Invitation({ person: { invitation } }: { person: PersonView }) {
  if (invitation.kind === 'none') return null;
  return <div className="quiet-text">{invitation.kind === 'open' ? <>invited, <Countdown until={invitation.expiresAt} over="over" /> left</> : 'invited, the link is over'}</div>;
}
