'use client';

import { useState } from 'react';
import { Countdown } from '@/components/live/countdown';
import { Button } from '@/components/ui/button';
import { CodeLine } from '@/components/ui/copy-button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { AskDialog, Choices } from './choose';
import type { LinkResult, ManagePeople, PersonView, Result, Role } from './view';

const builtIn: [Role, string][] = [
  ['viewer', 'reads'], ['analyst', 'decides approvals, stops a session'], ['responder', 'stops and releases anything'], ['author', 'publishes policy'], ['reviewer', 'reviews policy'], ['admin', 'people, agents, keys'],
];
const chips = (names: readonly string[]) => names.map((value) => ({ value, says: value }));

export function Roles({ value, onChange, own = [] }: { value: readonly string[]; onChange: (roles: string[]) => void; own?: readonly string[] }) {
  const most = builtIn.findLast(([role]) => value.includes(role));
  return <Choices legend="Roles" options={chips([...builtIn.map(([role]) => role), ...own])} value={value} onChange={onChange}
    hint={most ? `The widest of these: ${most[1]}. A role may do what every role before it may.` : value.length > 0 ? 'Roles of your own making do what they are made of.' : 'Choose at least one.'} />;
}

type AddProps = { open: boolean; onClose: () => void; create: ManagePeople['create']; onMade: (link: Extract<LinkResult, { ok: true }>) => void; ownRoles: readonly string[]; teams: readonly string[] };

export function AddPersonDialog({ open, onClose, create, onMade, ownRoles, teams }: AddProps) {
  const [roles, setRoles] = useState<string[]>(['analyst']);
  const [joined, setJoined] = useState<string[]>([]);
  const send = async (form: FormData): Promise<Result> => {
    const made = await create({ email: String(form.get('email') ?? ''), name: String(form.get('name') ?? ''), roles, teams: joined });
    if (made.ok) onMade(made);
    return made;
  };
  return (
    <AskDialog open={open} onClose={onClose} title="Add a person" act="Add and make a link" send={send}>
      <Field label="Name" name="name" required maxLength={100} autoComplete="off" />
      <Field label="E-mail" name="email" type="email" required maxLength={254} autoComplete="off" />
      <Roles value={roles} onChange={setRoles} own={ownRoles} />
      {teams.length > 0 && <Choices legend="Teams" options={chips(teams)} value={joined} onChange={setJoined} />}
    </AskDialog>
  );
}

type RightsProps = { person: PersonView | null; onClose: () => void; ownRoles: readonly string[]; save: (person: PersonView, roles: string[]) => Promise<Result> };
export const RolesDialog = ({ person, ...rest }: RightsProps) => person && <RolesBody key={person.id} person={person} {...rest} />;

function RolesBody({ person, onClose, ownRoles, save }: RightsProps & { person: PersonView }) {
  const [chosen, setChosen] = useState<string[]>([...person.roles, ...person.ownRoles]);
  return (
    <AskDialog open onClose={onClose} title={`Roles of ${person.name.slice(0, 60)}`} act="Change roles" send={() => save(person, chosen)}>
      <Roles value={chosen} onChange={setChosen} own={ownRoles} />
      <p className="text-13 text-text-3">A new role does not count yet for what is already waiting.</p>
    </AskDialog>
  );
}

type TeamsProps = { person: PersonView | null; onClose: () => void; teams: readonly string[]; save: (person: PersonView, teams: string[]) => Promise<Result> };
export const TeamsDialog = ({ person, ...rest }: TeamsProps) => person && <TeamsBody key={person.id} person={person} {...rest} />;

function TeamsBody({ person, onClose, teams, save }: TeamsProps & { person: PersonView }) {
  const [chosen, setChosen] = useState<string[]>(person.teams);
  return <AskDialog open onClose={onClose} title={`Teams of ${person.name.slice(0, 60)}`} act="Change teams" send={() => save(person, chosen)}><Choices legend="Teams" options={chips(teams)} value={chosen} onChange={setChosen} /></AskDialog>;
}

export function LinkDialog({ link, onClose }: { link: Extract<LinkResult, { ok: true }> | null; onClose: () => void }) {
  return (
    <Dialog open={link !== null} onClose={onClose} title="Hand over this link." className="wide">
      {link && <>
        <p className="body">It sets a password once, within <Countdown until={link.expiresAt} over="no time any more" />. Whoever opens it first is that person: send it on a way you trust.</p>
        <div className="mt-3"><CodeLine command={link.url} plain /></div>
        <div className="actions"><Button tone="strong" onClick={onClose}>Close</Button></div>
      </>}
    </Dialog>
  );
}
