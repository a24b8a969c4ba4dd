'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Dialog } from '@/components/ui/dialog';

/** Recovery codes, shown this one time. It is only closed by saying that they were kept. */
export function CodesOnce({ codes, onDone }: { codes: readonly string[] | null; onDone: () => void }) {
  const [kept, setKept] = useState(false);
  if (!codes) return null;
  const done = () => {
    setKept(false);
    onDone();
  };
  return (
    <Dialog open stays={!kept} onClose={done} title="Keep your recovery codes now." className="wide">
      <p className="body">Each opens your account once, after the password, when the app or the passkey is lost. They are shown this once and kept here only as hashes. Older ones open nothing any more.</p>
      <ol className="codes mt-3" aria-label="Recovery codes">{codes.map((code) => <li key={code}>{code}</li>)}</ol>
      <label className="flex items-center gap-2 mt-3 text-13 min-h-8"><input type="checkbox" checked={kept} onChange={(event) => setKept(event.target.checked)} />I have kept them where I find them without this phone.</label>
      <div className="actions"><CopyButton text={codes.join('\n')} label="Copy all" /><Button tone="strong" disabled={!kept} onClick={done}>Close</Button></div>
    </Dialog>
  );
}
