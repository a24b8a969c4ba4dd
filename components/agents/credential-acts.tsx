'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { useToast } from '@/components/ui/toast';
import { SecretOnce } from './secret-once';
import type { AgentView, ChangeAgentState, Credential, RotateSecret } from './view';

export function CredentialActs({ agent, rotate, change }: { agent: AgentView; rotate: RotateSecret; change: ChangeAgentState }) {
  const router = useRouter();
  const toast = useToast();
  const [asking, setAsking] = useState<'rotate' | 'disable' | null>(null);
  const [busy, setBusy] = useState(false);
  const [credential, setCredential] = useState<Credential | null>(null);
  const disabled = agent.state.kind === 'disabled';

  const go = async (act: () => Promise<{ ok: boolean; because?: string; credential?: Credential }>, done: string) => {
    setBusy(true);
    const result = await act().catch(() => ({ ok: false, because: 'The server did not answer.', credential: undefined }));
    setBusy(false);
    setAsking(null);
    if (result.credential) setCredential(result.credential);
    toast(result.ok ? { glyph: 'done', title: done } : { glyph: 'broken', title: 'Nothing was changed.', second: result.because ?? '' });
    router.refresh();
  };
  return (
    <div className="flex flex-wrap gap-2">
      <Button onClick={() => setAsking('rotate')}>Rotate secret…</Button>
      {disabled ? <Button disabled={busy} onClick={() => void go(() => change(agent.id, 'active'), `${agent.name} may ask again.`)}>Enable</Button> : <Button onClick={() => setAsking('disable')}>Disable…</Button>}
      <Dialog open={asking === 'rotate'} onClose={() => setAsking(null)} title="Make a new secret?">
        <p className="body">The old one no longer opens a token. Tokens that are out live for five minutes at most.</p>
        <div className="actions"><Button onClick={() => setAsking(null)}>Keep the old one</Button><Button tone="strong" disabled={busy} onClick={() => void go(() => rotate(agent.id), 'The secret is new.')}>Make a new secret</Button></div>
      </Dialog>
      <Dialog open={asking === 'disable'} onClose={() => setAsking(null)} title="Disable this agent?">
        <p className="body">It gets no more tokens, and its connections end. To stop what it does now, use STOP.</p>
        <div className="actions"><Button onClick={() => setAsking(null)}>Leave it enabled</Button><Button tone="strong" disabled={busy} onClick={() => void go(() => change(agent.id, 'disabled'), `${agent.name} is disabled.`)}>Disable {agent.name.slice(0, 40)}</Button></div>
      </Dialog>
      <SecretOnce credential={credential} onDone={() => setCredential(null)} />
    </div>
  );
}
