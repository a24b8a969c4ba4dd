'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { useToast } from '@/components/ui/toast';
import type { Result } from './view';

/** For an administrator, when somebody lost their phone and their codes. */
export function ResetTotp({ personId, name, reset }: { personId: string; name: string; reset: (personId: string) => Promise<Result> }) {
  const toast = useToast();
  const [open, setOpen] = useState(false);
  const go = async () => {
    const result = await reset(personId).catch((): Result => ({ ok: false, because: 'The server did not answer.' }));
    setOpen(false);
    toast(result.ok ? { glyph: 'done', title: 'They sign in without a one-time password now.' } : { glyph: 'broken', title: 'Nothing was changed.', second: result.because });
  };
  return (
    <section className="factor">
      <h2 className="!text-text">Lost phone and lost recovery codes</h2>
      <p className="body">Make sure by another way that it is them who ask: from here on their password alone signs them in.</p>
      <Button onClick={() => setOpen(true)}>Remove their one-time password</Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={`Remove the one-time password of ${name.slice(0, 60)}`}>
        <p className="body">Their password alone signs them in until they set up another. It is on the record under your name.</p>
        <div className="actions"><Button onClick={() => setOpen(false)}>Leave it</Button><Button tone="strong" onClick={() => void go()}>Remove it</Button></div>
      </Dialog>
    </section>
  );
}
