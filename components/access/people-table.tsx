'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Ellipsis, UserPlus } from 'lucide-react';
import { Ago } from '@/components/live/countdown';
import { Button } from '@/components/ui/button';
import { Menu } from '@/components/ui/menu';
import { useToast } from '@/components/ui/toast';
import { VisibleText } from '@/components/ui/visible';
import { AddPersonDialog, LinkDialog, RolesDialog } from './person-dialogs';
import type { LinkResult, ManagePeople, PersonView } from './view';

/** Who may decide, and in which roles. Without `manage` it is for reading. */
export function PeopleTable({ people, viewerId, manage }: { people: readonly PersonView[]; viewerId: string; manage?: ManagePeople }) {
  const router = useRouter();
  const toast = useToast();
  const [adding, setAdding] = useState(false);
  const [roleOf, setRoleOf] = useState<PersonView | null>(null);
  const [link, setLink] = useState<Extract<LinkResult, { ok: true }> | null>(null);

  const after = (result: { ok: boolean; because?: string }, done: string) => {
    toast(result.ok ? { glyph: 'done', title: done } : { glyph: 'broken', title: 'Nothing was changed.', second: result.because ?? '' });
    router.refresh();
  };
  const showLink = (result: LinkResult) => (result.ok ? setLink(result) : after(result, ''));
  const failed = () => ({ ok: false as const, because: 'The server did not answer.' });
  return (
    <section>
      <header className="flex flex-wrap items-end justify-between gap-3"><h1>People</h1>{manage && <Button onClick={() => setAdding(true)}><UserPlus size={14} aria-hidden="true" />Add a person</Button>}</header>
      <table className="table people mt-2">
        <thead><tr><th>Person</th><th>Roles</th><th className="num on-desk">Seen</th>{manage && <th><span className="live-region">Acts</span></th>}</tr></thead>
        <tbody>
          {people.map((person) => (
            <tr key={person.id} className="tall">
              <td><b className="font-medium"><VisibleText text={person.name} /></b>{person.id === viewerId && <span className="quiet-text">, you</span>}<div className="quiet-text"><VisibleText text={person.email} /></div></td>
              <td>{person.state === 'deactivated' ? <span className="quiet-text">deactivated</span> : person.roles.join(', ')}{person.state === 'active' && !person.hasPassword && <span className="quiet-text">, no password yet</span>}</td>
              <td className="num on-desk">{person.lastSeenAt ? <Ago at={person.lastSeenAt} suffix=" ago" /> : <span className="quiet-text">never</span>}</td>
              {manage && <td className="num">{person.state === 'active' && (
                <Menu label={`Acts on ${person.name}`} trigger={<Ellipsis size={16} aria-hidden="true" />}>
                  <button type="button" className="item" onClick={() => setRoleOf(person)}>Change roles…</button>
                  <button type="button" className="item" onClick={() => void manage.newLink(person.id).catch(failed).then(showLink)}>Make a link to set a password</button>
                  <Link className="item" href={`/settings/history?person=${person.id}`} prefetch={false}>Sign-ins of {person.name.slice(0, 40)}</Link>
                  <button type="button" className="item" disabled={person.id === viewerId} onClick={() => void manage.deactivate(person.id).catch(failed).then((result) => after(result, `${person.name} is signed out everywhere and cannot come back.`))}>Deactivate {person.name.slice(0, 40)}</button>
                </Menu>
              )}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {manage && <>
        <AddPersonDialog open={adding} onClose={() => setAdding(false)} create={manage.create} onMade={(made) => { setAdding(false); setLink(made); router.refresh(); }} />
        <RolesDialog person={roleOf} onClose={() => setRoleOf(null)} save={async (person, roles) => { after(await manage.changeRoles(person.id, roles).catch(failed), `${person.name} has other roles now.`); setRoleOf(null); }} />
        <LinkDialog link={link} onClose={() => setLink(null)} />
      </>}
    </section>
  );
}
