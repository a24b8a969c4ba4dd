'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Ellipsis } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Menu } from '@/components/ui/menu';
import { useToast } from '@/components/ui/toast';
import { VisibleText } from '@/components/ui/visible';
import { AskDialog, Choices } from './choose';
import type { ManageTeams, PersonView, Result, TeamView } from './view';

type Doing = { kind: 'new' } | { kind: 'name' | 'members'; team: TeamView } | null;

/** Who belongs together where a route asks a team and not a role. */
export function TeamsPanel({ teams, people, manage }: { teams: readonly TeamView[]; people: readonly PersonView[]; manage?: ManageTeams }) {
  const router = useRouter();
  const toast = useToast();
  const [doing, setDoing] = useState<Doing>(null);
  const [members, setMembers] = useState<string[]>([]);
  const done = (result: Result) => { router.refresh(); return result; };
  const text = (form: FormData, name: string) => String(form.get(name) ?? '');
  const archive = (team: TeamView) => void manage?.archive(team.id).then((result) => { toast(result.ok ? { glyph: 'done', title: `${team.name} is nobody's team any more.` } : { glyph: 'broken', title: 'Nothing was changed.', second: result.because }); router.refresh(); });
  return (
    <section>
      <header className="flex flex-wrap items-end justify-between gap-3"><h2 className="!text-text">Teams</h2>{manage && <Button onClick={() => setDoing({ kind: 'new' })}>Make a team</Button>}</header>
      {teams.length === 0 ? <p className="text-13 text-text-3 mt-1">None. A route can ask a team, for example two of payments.</p> : (
        <table className="table people mt-1"><tbody>{teams.map((team) => (
          <tr key={team.id} className="tall">
            <td><b className="font-medium">{team.name}</b><div className="quiet-text"><VisibleText text={team.description} /></div></td>
            <td>{team.members.map((member) => member.name).join(', ') || <span className="quiet-text">nobody</span>}</td>
            {manage && <td className="num"><Menu label={`Acts on the team ${team.name}`} trigger={<Ellipsis size={16} aria-hidden="true" />}>
              <button type="button" className="item" onClick={() => { setMembers(team.members.map((member) => member.id)); setDoing({ kind: 'members', team }); }}>Change members…</button>
              <button type="button" className="item" onClick={() => setDoing({ kind: 'name', team })}>Rename…</button>
              <button type="button" className="item" onClick={() => archive(team)}>Archive {team.name}</button>
            </Menu></td>}
          </tr>
        ))}</tbody></table>
      )}
      {manage && doing?.kind === 'new' && <AskDialog open onClose={() => setDoing(null)} title="Make a team" act="Make the team" send={async (form) => done(await manage.create(text(form, 'name'), text(form, 'description')))}><TeamFields /></AskDialog>}
      {manage && doing?.kind === 'name' && <AskDialog open onClose={() => setDoing(null)} title={`Rename ${doing.team.name}`} act="Rename the team" send={async (form) => done(await manage.change(doing.team.id, text(form, 'name'), text(form, 'description')))}><TeamFields team={doing.team} /></AskDialog>}
      {manage && doing?.kind === 'members' && <AskDialog open onClose={() => setDoing(null)} title={`Members of ${doing.team.name}`} act="Change members" send={async () => done(await manage.fill(doing.team.id, members))}>
        <Choices legend="Members" options={people.filter((one) => one.state === 'active').map((one) => ({ value: one.id, says: one.name }))} value={members} onChange={setMembers} hint="Whoever joins does not count yet for what is already waiting." />
      </AskDialog>}
    </section>
  );
}

function TeamFields({ team }: { team?: TeamView }) {
  return <>
    <Field label="Name of the team" name="name" required maxLength={40} autoComplete="off" defaultValue={team?.name} hint={team ? 'Routes ask by name: under a new one its members count as newly joined.' : 'What routes ask for, e.g. payments.'} />
    <Field label="What it is for" name="description" maxLength={200} autoComplete="off" defaultValue={team?.description} />
  </>;
}
