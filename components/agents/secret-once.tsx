'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Dialog } from '@/components/ui/dialog';
import type { Credential } from './view';

/** A secret that is shown this one time. It is only closed by saying that it was kept. */
export function SecretOnce({ credential, onDone }: { credential: Credential | null; onDone: () => void }) {
  const [kept, setKept] = useState(false);
  if (!credential) return null;
  const done = () => {
    setKept(false);
    onDone();
  };
  const lines: [string, string][] = [['COUNTERSIGN_CLIENT_ID', credential.clientId], ['COUNTERSIGN_CLIENT_SECRET', credential.clientSecret], ...(credential.controlPin ? [['COUNTERSIGN_CONTROL_PIN', credential.controlPin] as [string, string]] : [])];
  return (
    <Dialog open onClose={() => kept && done()} title={`Keep the secret of ${credential.name} now.`} className="wide">
      <p className="body">It is shown this once and kept here only as a hash. Whoever holds it can ask for what this agent may ask for.</p>
      <dl className="secret mt-3">{lines.map(([name, value]) => <div key={name}><dt>{name}</dt><dd><code>{value}</code><CopyButton text={value} /></dd></div>)}</dl>
      <label className="flex items-center gap-2 mt-3 text-13 min-h-8"><input type="checkbox" checked={kept} onChange={(event) => setKept(event.target.checked)} />I have kept it where the agent reads it.</label>
      <div className="actions"><CopyButton text={lines.map(([name, value]) => `${name}=${value}`).join('\n')} label="Copy all as .env" /><Button tone="strong" disabled={!kept} onClick={done}>Close</Button></div>
    </Dialog>
  );
}
