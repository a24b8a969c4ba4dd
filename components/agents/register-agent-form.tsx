'use client';

import { useRouter } from 'next/navigation';
import { useId, useState, type FormEvent } from 'react';
import { Plus, X } from 'lucide-react';
import { Button, ButtonLink } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { SecretOnce } from './secret-once';
import type { Credential, CredentialResult, RegisterAgent } from './view';

type Draft = { toolset: string; operations: string; scope: string };
export type ToolsetChoice = { toolset: string; operations: string[] };

const blank: Draft = { toolset: '', operations: '', scope: '' };

/** Registers an agent. `toolsets` are the active bundle's, to choose from. */
export function RegisterAgentForm({ register, toolsets }: { register: RegisterAgent; toolsets: readonly ToolsetChoice[] }) {
  const router = useRouter();
  const id = useId();
  const [drafts, setDrafts] = useState<Draft[]>([blank]);
  const [refused, setRefused] = useState<Extract<CredentialResult, { ok: false }>>();
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<Credential | null>(null);
  const change = (index: number, more: Partial<Draft>) => setDrafts(drafts.map((draft, at) => (at === index ? { ...draft, ...more } : draft)));

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    const result = await register({
      name: String(form.get('name') ?? '').trim(), description: String(form.get('description') ?? '').trim(), enforced: form.get('enforced') === 'on',
      capabilities: drafts.filter((draft) => draft.toolset).map((draft) => ({ toolset: draft.toolset.trim(), operations: draft.operations.split(/[\s,]+/).filter(Boolean), scope: draft.scope.trim() })),
    }).catch((): CredentialResult => ({ ok: false, because: 'The server did not answer. Nothing was registered.' }));
    setBusy(false);
    if (result.ok) setMade(result.credential);
    else setRefused(result);
  };
  return (
    <form className="page page-read form" onSubmit={(event) => void submit(event)}>
      <h1>Register an agent</h1>
      <p className="lede">It gets a client id and a secret, and may ask for what you list here. Policy still decides each call.</p>
      {refused && !refused.field && <p className="mt-4 text-13" role="alert"><b>{refused.because}</b></p>}
      <div className="form-rows">
        <Field label="Name" name="name" required maxLength={100} autoComplete="off" spellCheck={false} hint="As people will read it on every card, such as support-triage." wrong={refused?.field === 'name' ? refused.because : undefined} />
        <Field label="What it is for" name="description" maxLength={500} autoComplete="off" hint="Optional." wrong={refused?.field === 'description' ? refused.because : undefined} />
        <fieldset className="grants">
          <legend>May use</legend>
          {drafts.map((draft, index) => (
            <div key={index} className="grant">
              <input className="input" aria-label={`Toolset ${index + 1}`} list={`${id}-toolsets`} placeholder="ticket_system" value={draft.toolset} onChange={(event) => change(index, { toolset: event.target.value, ...(draft.operations === '' && { operations: toolsets.find((one) => one.toolset === event.target.value)?.operations.join(', ') ?? '' }) })} />
              <input className="input" aria-label={`Operations ${index + 1}`} placeholder="read, update" value={draft.operations} onChange={(event) => change(index, { operations: event.target.value })} />
              <input className="input" aria-label={`Within ${index + 1}`} placeholder="assigned/*" required={draft.toolset !== ''} value={draft.scope} onChange={(event) => change(index, { scope: event.target.value })} />
              <Button tone="quiet" iconOnly aria-label={`Remove capability ${index + 1}`} disabled={drafts.length === 1} onClick={() => setDrafts(drafts.filter((_, at) => at !== index))}><X size={14} aria-hidden="true" /></Button>
            </div>
          ))}
          <datalist id={`${id}-toolsets`}>{toolsets.map((one) => <option key={one.toolset} value={one.toolset} />)}</datalist>
          {refused?.field === 'capabilities' && <p className="text-12 font-medium" role="alert">{refused.because}</p>}
          <p className="text-12 text-text-3">Toolset, operations, and a scope over the resource: * stays within one segment, ** crosses.</p>
          <Button onClick={() => setDrafts([...drafts, blank])}><Plus size={14} aria-hidden="true" />Another capability</Button>
        </fieldset>
        <label className="check"><input type="checkbox" name="enforced" /><span>A proxy or tool server of ours holds its credentials <span className="quiet-text">(enforced)</span></span></label>
        <div className="flex flex-wrap gap-2"><Button type="submit" tone="strong" disabled={busy}>{busy && <span className="spinner" />}Register and show the secret</Button><ButtonLink href="/agents" tone="quiet">Leave without registering</ButtonLink></div>
      </div>
      <SecretOnce credential={made} onDone={() => router.push(made ? `/agents/${made.clientId}` : '/agents')} />
    </form>
  );
}
