'use client';

import { useCallback, useState, type FormEvent } from 'react';
import { KeyRound } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import type { CredentialProof } from '@/lib/access/schema';
import { StepUp } from './step-up';
import { useStepUp, type BeginStepUp } from './use-step-up';

type Props = { onClose: () => void; hasPasskey: boolean; beginProof: BeginStepUp; prove: (proof: CredentialProof) => Promise<string | undefined>; /** Why it is asked. */ why?: string };

/** Makes sure that it is the person, and not somebody at a browser that they left open. */
export function ProveDialog({ onClose, hasPasskey, beginProof, prove, why = 'You signed in a while ago. Your keys are changed by you alone, so this asks again.' }: Props) {
  const { state, sign, leave, busy } = useStepUp(beginProof);
  const [wrong, setWrong] = useState<string>();
  const byKey = useCallback(async () => {
    const answer = await sign();
    if (answer?.kind === 'passkey') setWrong(await prove(answer));
  }, [prove, sign]);
  const bySecret = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const secret = String(new FormData(event.currentTarget).get('secret') ?? '');
    setWrong(await prove({ kind: 'secret', secret }));
  };
  return (
    <Dialog open onClose={onClose} title="Show once more that it is you">
      <p className="body">{why}</p>
      {hasPasskey && <div className="mt-4 grid gap-3">
        <Button tone="hand" size="large" disabled={busy} onClick={() => void byKey()}><KeyRound size={14} aria-hidden="true" />Sign with a passkey</Button>
        <StepUp state={state} signing="this change" onAgain={() => void byKey()} onLeave={leave} />
      </div>}
      <form onSubmit={(event) => void bySecret(event)} className="grid gap-4 mt-4">
        <Field label="Your password, or a code if you use one-time passwords" name="secret" type="password" autoComplete="current-password" required wrong={wrong} />
        <div className="actions !mt-0"><Button onClick={onClose}>Leave</Button><Button type="submit" tone="strong">Go on</Button></div>
      </form>
    </Dialog>
  );
}
