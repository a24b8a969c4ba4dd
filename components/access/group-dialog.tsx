'use client';

import { useState, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { ChipToggle } from '@/components/ui/chip';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';

export type MapGroupInput = { group: string; roles: string[]; teams: string[] };
type Props = { editing: MapGroupInput | null; roles: readonly string[]; teams: readonly string[]; onClose: () => void; save: (input: MapGroupInput) => Promise<void> };

/** Says what one group gives; with nothing chosen the group leaves the mapping. */
export function GroupDialog({ editing, ...rest }: Props) {
  return (
    <Dialog open={editing !== null} onClose={rest.onClose} title={editing?.group ? 'What this group gives.' : 'Map a group.'}>
      {editing && <Form key={editing.group} editing={editing} {...rest} />}
    </Dialog>
  );
}

function Form({ editing, roles, teams, onClose, save }: Props & { editing: MapGroupInput }) {
  const [chosen, setChosen] = useState({ roles: editing.roles, teams: editing.teams });
  const [busy, setBusy] = useState(false);
  const isNew = editing.group === '';
  const nothing = chosen.roles.length === 0 && chosen.teams.length === 0;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const group = isNew ? String(new FormData(event.currentTarget).get('group') ?? '') : editing.group;
    setBusy(true);
    void save({ group, ...chosen }).finally(() => setBusy(false));
  };
  const choice = (kind: 'roles' | 'teams', names: readonly string[], legend: string, hint: string) => (
    <fieldset className="field">
      <legend className="text-13 font-medium pb-1">{legend}</legend>
      {/* What the group gave and is gone can only be taken off. */}
      <div className="roles">{[...names, ...editing[kind].filter((one) => !names.includes(one))].map((name) => (
        <ChipToggle key={name} on={chosen[kind].includes(name)} onClick={() => setChosen({ ...chosen, [kind]: chosen[kind].includes(name) ? chosen[kind].filter((one) => one !== name) : [...chosen[kind], name] })}>{name}</ChipToggle>
      ))}</div>
      <span className="hint">{hint}</span>
    </fieldset>
  );
  return (
    <form className="grid gap-4 mt-3" onSubmit={submit}>
      {isNew ? <Field label="Group" name="group" required maxLength={256} autoComplete="off" spellCheck={false} hint="Exactly as the provider writes it, capital letters and all. Some write an id." /> : <p className="mono break-all">{editing.group}</p>}
      {choice('roles', roles, 'Roles', chosen.roles.includes('admin') ? 'Whoever decides about this group there decides who is an administrator here.' : 'A role may do what every role before it may.')}
      {teams.length > 0 && choice('teams', teams, 'Teams', 'Routes of approval name teams.')}
      <div className="actions"><Button onClick={onClose}>Leave it as it is</Button><Button tone="strong" type="submit" disabled={busy || (isNew && nothing)}>{nothing && !isNew ? 'Take it off the mapping' : 'Save what it gives'}</Button></div>
    </form>
  );
}
