'use client';

import { useId, type ComponentProps, type ReactNode } from 'react';

type Common = { label: ReactNode; hint?: ReactNode; wrong?: string | undefined };

/** A labelled input. `wrong` says in a sentence what would be right, with an example. */
export function Field({ label, hint, wrong, ...rest }: Common & ComponentProps<'input'>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} className="input" aria-invalid={wrong ? true : undefined} aria-describedby={`${id}-more`} {...rest} />
      <More id={id} hint={hint} wrong={wrong} />
    </div>
  );
}

export function TextField({ label, hint, wrong, ...rest }: Common & ComponentProps<'textarea'>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea id={id} className="input" aria-invalid={wrong ? true : undefined} aria-describedby={`${id}-more`} {...rest} />
      <More id={id} hint={hint} wrong={wrong} />
    </div>
  );
}

function More({ id, hint, wrong }: { id: string; hint?: ReactNode; wrong?: string | undefined }) {
  return <span id={`${id}-more`} className={wrong ? 'wrong' : 'hint'} role={wrong ? 'alert' : undefined}>{wrong ?? hint}</span>;
}
