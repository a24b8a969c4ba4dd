'use client';

import { useState, type FormEvent, type ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { ChipToggle } from '@/components/ui/chip';
import { Dialog } from '@/components/ui/dialog';
import type { Result } from './view';

type Option = { value: string; says: string };

/** Any number of a few, as chips that are pressed. */
export function Choices({ legend, options, value, onChange, hint }: { legend: string; options: readonly Option[]; value: readonly string[]; onChange: (value: string[]) => void; hint?: ReactNode }) {
  return (
    <fieldset className="field">
      <legend className="text-13 font-medium pb-1">{legend}</legend>
      <div className="roles">{options.map((one) => <ChipToggle key={one.value} on={value.includes(one.value)} onClick={() => onChange(value.includes(one.value) ? value.filter((held) => held !== one.value) : [...value, one.value])}>{one.says}</ChipToggle>)}</div>
      {hint && <span className="hint">{hint}</span>}
    </fieldset>
  );
}

/** A refusal of the server begins with the path of what was wrong; people know it by its word. */
const sayField = (because: string) => because.replace(/^\/(\w)(\w*)(?:\/\d+)?: /, (_, first: string, rest: string) => `${first.toUpperCase()}${rest}: `);

/** A dialog that asks for something, sends it, and says under the fields why it was refused. */
export function AskDialog({ open, onClose, title, act, send, children }: { open: boolean; onClose: () => void; title: string; act: string; send: (form: FormData) => Promise<Result>; children: ReactNode }) {
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const close = () => { setWrong(undefined); onClose(); };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    const done = await send(new FormData(event.currentTarget)).catch((): Result => ({ ok: false, because: 'The server did not answer.' }));
    setBusy(false);
    if (done.ok) close(); else setWrong(sayField(done.because));
  };
  return (
    <Dialog open={open} onClose={close} title={title} className="wide">
      <form onSubmit={(event) => void submit(event)} className="grid gap-4 mt-4">
        {children}
        {wrong && <p className="text-13 font-medium" role="alert">{wrong}</p>}
        <div className="actions !mt-0"><Button onClick={close}>Leave</Button><Button type="submit" tone="strong" disabled={busy}>{act}</Button></div>
      </form>
    </Dialog>
  );
}
