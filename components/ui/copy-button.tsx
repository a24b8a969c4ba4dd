'use client';

import { useState } from 'react';
import { Copy } from 'lucide-react';
import { Button } from './button';

/** Copies text; says so in its own label, and says when the browser refused. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [said, setSaid] = useState<string>();
  const copy = async () => {
    const done = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    setSaid(done ? 'Copied' : 'Select it and copy by hand');
    setTimeout(() => setSaid(undefined), 4_000);
  };
  return <Button tone="quiet" onClick={copy}><Copy size={14} strokeWidth={1.75} aria-hidden="true" /><span aria-live="polite">{said ?? label}</span></Button>;
}

/** A command to run elsewhere, whole and ready to copy; `plain` for what is copied and is no command. */
export function CodeLine({ command, plain = false }: { command: string; plain?: boolean }) {
  return (
    <div className="code-line">{!plain && <span className="prompt quiet-text mono" aria-hidden="true">$</span>}<code>{command}</code><CopyButton text={command} /></div>
  );
}
