'use client';

import { useState, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import type { PasskeyView } from '@/lib/access/schema';

type Props = { passkey: PasskeyView | null; onClose: () => void };
/** Resolves with what stands in the way, or nothing. */
type Doing = Promise<string | undefined>;

export function RenameDialog({ passkey, onClose, rename }: Props & { rename: (passkey: PasskeyView, name: string) => Doing }) {
  const [wrong, setWrong] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name') ?? '').trim();
    if (passkey) setWrong(await rename(passkey, name));
  };
  return (
    <Dialog open={passkey !== null} onClose={onClose} title="Call this passkey by another name">
      <form onSubmit={(event) => void submit(event)} className="grid gap-4 mt-4">
        <Field label="Name" name="name" required maxLength={60} defaultValue={passkey?.name} autoComplete="off" wrong={wrong} />
        <div className="actions !mt-0"><Button onClick={onClose}>Leave</Button><Button type="submit" tone="strong">Rename</Button></div>
      </form>
    </Dialog>
  );
}

export function RemoveDialog({ passkey, onClose, remove }: Props & { remove: (passkey: PasskeyView) => Doing }) {
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const press = async () => {
    if (!passkey) return;
    setBusy(true);
    setWrong(await remove(passkey));
    setBusy(false);
  };
  const close = () => {
    setWrong(undefined);
    onClose();
  };
  return (
    <Dialog open={passkey !== null} onClose={close} title={`Remove ${passkey?.name ?? 'this passkey'}`}>
      <p className="body">It signs you in nowhere and signs nothing any more, at once and for good. What it signed before stays on the record and can still be verified.</p>
      {wrong && <p className="body font-medium" role="alert">{wrong}</p>}
      <div className="actions"><Button onClick={close}>Keep it</Button><Button tone="strong" disabled={busy} onClick={() => void press()}>Remove this passkey</Button></div>
    </Dialog>
  );
}
