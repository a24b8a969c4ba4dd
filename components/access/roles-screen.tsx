'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { sayDay } from '@/components/ui/say-time';
import { useToast } from '@/components/ui/toast';
import { VisibleText } from '@/components/ui/visible';
import { AskDialog, Choices } from './choose';
import type { ExplainedPerson, ManageRoles, OwnRoleView, Result } from './view';

type Row = { verb: string; roles: readonly string[] };
type Props = { matrix: readonly Row[]; builtIn: readonly string[]; own: readonly OwnRoleView[]; people: readonly ExplainedPerson[]; manage?: ManageRoles };
type Doing = { kind: 'new' } | { kind: 'change'; role: OwnRoleView } | null;

/** Which role may do what, and for each person what they may do and why. */
export function RolesScreen({ matrix, builtIn, own, people, manage }: Props) {
  const router = useRouter();
  const toast = useToast();
  const [doing, setDoing] = useState<Doing>(null);
  const [verbs, setVerbs] = useState<string[]>([]);
  const open = (next: Doing) => { setVerbs(next?.kind === 'change' ? [...next.role.verbs] : []); setDoing(next); };
  const done = (result: Result) => { router.refresh(); return result; };
  const archive = (role: OwnRoleView) => void manage?.archive(role.name).then((result) => { toast(result.ok ? { glyph: 'done', title: `Nobody has the role ${role.name} any more.` } : { glyph: 'broken', title: 'Nothing was changed.', second: result.because }); router.refresh(); });
  const text = (form: FormData, name: string) => String(form.get(name) ?? '');
  return (
    <>
      <header className="flex flex-wrap items-end justify-between gap-3"><div><h1>Roles</h1><p className="lede">Each built-in role may do what the ones before it may.</p></div>{manage && <Button onClick={() => open({ kind: 'new' })}>Make a role</Button>}</header>
      <section>
        <h2 className="!text-text">Roles of your own making</h2>
        {own.length === 0 ? <p className="text-13 text-text-3 mt-1">None. A role of your own holds the verbs that you name, and none that you lack.</p> : (
          <table className="table people mt-1"><tbody>{own.map((role) => (
            <tr key={role.name} className="tall"><td><b className="font-medium">{role.name}</b><div className="quiet-text"><VisibleText text={role.description} /></div><div className="quiet-text mono">{role.verbs.join(', ')}</div></td><td>{role.holders === 1 ? '1 person' : `${role.holders} people`}</td>
              {manage && <td className="num"><Button tone="quiet" onClick={() => open({ kind: 'change', role })}>Change {role.name}</Button><Button tone="quiet" onClick={() => archive(role)}>Archive {role.name}</Button></td>}</tr>
          ))}</tbody></table>
        )}
      </section>
      <section>
        <h2 className="!text-text">What each person may do, and why</h2>
        <div className="mt-1">{people.map((person) => <Explained key={person.id} person={person} />)}</div>
      </section>
      <section>
        <h2 className="!text-text">Which role may do what</h2>
        <div className="matrix-scroll mt-1" tabIndex={0} role="region" aria-label="Which role may do what">
          <table className="table matrix"><thead><tr><th scope="col">Verb</th>{[...builtIn, ...own.map((role) => role.name)].map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
            <tbody>{matrix.map((row) => <tr key={row.verb}><th scope="row" className="mono">{row.verb}</th>{[...builtIn.map((name) => row.roles.includes(name)), ...own.map((role) => (role.verbs as readonly string[]).includes(row.verb))].map((allowed, at) => <td key={at}>{allowed ? 'yes' : <span className="quiet-text">no</span>}</td>)}</tr>)}</tbody></table>
        </div>
      </section>
      {manage && doing && <AskDialog open onClose={() => setDoing(null)} title={doing.kind === 'new' ? 'Make a role' : `Change ${doing.role.name}`} act={doing.kind === 'new' ? 'Make the role' : 'Change the role'}
        send={async (form) => { const input = { name: doing.kind === 'new' ? text(form, 'name') : doing.role.name, description: text(form, 'description'), verbs }; return done(await (doing.kind === 'new' ? manage.create(input) : manage.change(input))); }}>
        {doing.kind === 'new' && <Field label="Name of the role" name="name" required maxLength={40} autoComplete="off" hint="Lower-case letters, digits and -, e.g. payments-approver." />}
        <Field label="What it is for" name="description" maxLength={200} autoComplete="off" defaultValue={doing.kind === 'change' ? doing.role.description : ''} />
        <Choices legend="Verbs" options={matrix.map(({ verb }) => ({ value: verb, says: verb }))} value={verbs} onChange={setVerbs} hint="Where a role grows, it does not count yet for what is already waiting." />
      </AskDialog>}
    </>
  );
}

function Explained({ person }: { person: ExplainedPerson }) {
  return (
    <details className="explained">
      <summary><b className="font-medium"><VisibleText text={person.name} /></b> <span className="quiet-text">{person.held.map((role) => role.name).join(', ') || 'no role'}; {person.may.length} verbs</span></summary>
      <ul className="text-13 mt-1">{person.held.map((role) => <li key={role.name}><b className="font-medium">{role.name}</b>{role.by ? <>, given by <VisibleText text={role.by} /></> : ', held from the start'}{role.since && `, since ${sayDay(role.since)}`}{role.waitsUntil && `. Until ${sayDay(role.waitsUntil)} it does not count for what was waiting before`}.</li>)}</ul>
      <table className="table mt-1"><tbody>{person.may.map((one) => <tr key={one.verb}><td className="mono">{one.verb}</td><td className="quiet-text">by {one.from.join(', ')}</td></tr>)}</tbody></table>
    </details>
  );
}
