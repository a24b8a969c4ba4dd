'use client';

import { useState, type FormEvent } from 'react';
import { Countdown } from '@/components/live/countdown';
import { Button } from '@/components/ui/button';
import { ChipToggle } from '@/components/ui/chip';
import { CodeLine } from '@/components/ui/copy-button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import type { LinkResult, ManagePeople, PersonView, Role } from './view';

const roles: [Role, string][] = [
  ['viewer', 'reads'], ['analyst', 'decides approvals, stops a session'], ['responder', 'stops and releases anything'], ['author', 'publishes policy'], ['admin', 'people, agents, keys'],
];

function Roles({ value, onChange }: { value: Role[]; onChange: (roles: Role[]) => void }) {
  const most = roles.findLast(([role]) => value.includes(role));
  return (
    <fieldset className="field">
      <legend className="text-13 font-medium pb-1">Roles</legend>
      <div className="roles">{roles.map(([role]) => <ChipToggle key={role} on={value.includes(role)} onClick={() => onChange(value.includes(role) ? value.filter((one) => one !== role) : [...value, role])}>{role}</ChipToggle>)}</div>
      <span className="hint">{most ? `The widest of these: ${most[1]}. A role may do what every role before it may.` : 'Choose at least one.'}</span>
    </fieldset>
  );
}

type AddProps = { open: boolean; onClose: () => void; create: ManagePeople['create']; onMade: (link: Extract<LinkResult, { ok: true }>) => void };

export function AddPersonDialog({ open, onClose, create, onMade }: AddProps) {
  const [chosen, setChosen] = useState<Role[]>(['analyst']);
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    const made = await create({ email: String(form.get('email') ?? ''), name: String(form.get('name') ?? ''), roles: chosen }).catch((): LinkResult => ({ ok: false, because: 'The server did not answer.' }));
    setBusy(false);
    if (made.ok) onMade(made);
    else setWrong(made.because);
  };
  return (
    <Dialog open={open} onClose={onClose} title="Add a person">
      <form onSubmit={(event) => void submit(event)} className="grid gap-4 mt-4">
        <Field label="Name" name="name" required maxLength={100} autoComplete="off" />
        <Field label="E-mail" name="email" type="email" required maxLength={254} autoComplete="off" wrong={wrong} />
        <Roles value={chosen} onChange={setChosen} />
        <div className="actions !mt-0"><Button onClick={onClose}>Leave</Button><Button type="submit" tone="strong" disabled={busy || chosen.length === 0}>Add and make a link</Button></div>
      </form>
    </Dialog>
  );
}

export function RolesDialog({ person, onClose, save }: { person: PersonView | null; onClose: () => void; save: (person: PersonView, roles: Role[]) => Promise<void> }) {
  return <Dialog open={person !== null} onClose={onClose} title={person ? `Roles of ${person.name.slice(0, 60)}` : 'Roles'}>{person && <RolesBody key={person.id} person={person} onClose={onClose} save={save} />}</Dialog>;
}

function RolesBody({ person, onClose, save }: { person: PersonView; onClose: () => void; save: (person: PersonView, roles: Role[]) => Promise<void> }) {
  const [chosen, setChosen] = useState<Role[]>(person.roles);
  const [busy, setBusy] = useState(false);
  return (
    <div className="mt-4">
      <Roles value={chosen} onChange={setChosen} />
      <div className="actions"><Button onClick={onClose}>Leave as they are</Button><Button tone="strong" disabled={busy || chosen.length === 0} onClick={() => { setBusy(true); void save(person, chosen).finally(() => setBusy(false)); }}>Change roles</Button></div>
    </div>
  );
}

export function LinkDialog({ link, onClose }: { link: Extract<LinkResult, { ok: true }> | null; onClose: () => void }) {
  return (
    <Dialog open={link !== null} onClose={onClose} title="Hand over this link." className="wide">
      {link && <>
        <p className="body">It sets a password once, within <Countdown until={link.expiresAt} over="no time any more" />. Whoever opens it first is that person: send it on a way you trust.</p>
        <div className="mt-3"><CodeLine command={link.url} /></div>
        <div className="actions"><Button tone="strong" onClick={onClose}>Close</Button></div>
      </>}
    </Dialog>
  );
}
