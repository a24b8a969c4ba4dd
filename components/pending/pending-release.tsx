'use client';

import { KeyRound } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useCallback, useState, type ReactNode } from 'react';
import { StepUp } from '@/components/access/step-up';
import { useStepUp } from '@/components/access/use-step-up';
import { isArmed } from '@/components/switches/scope-words';
import type { BeginRelease, OrderView, ReleaseResult } from '@/components/switches/view';
import { Button, ButtonLink } from '@/components/ui/button';
import { Seal } from '@/components/ui/glyphs';
import { VisibleText } from '@/components/ui/visible';
import type { StepUpAnswer } from '@/lib/access/schema';
import type { PendingReleaseView } from './view';

const lines = { cause_known: 'The cause is known', cause_removed: 'The cause is removed', evidence_kept: 'The evidence is kept', owners_told: 'The owners are told' } as const;

type Props = { request: PendingReleaseView; order: OrderView; title: string; /** Who asked, and how long it waits. */ note: ReactNode; begin: BeginRelease; finish: (stepUp: Extract<StepUpAnswer, { kind: 'passkey' }>) => Promise<ReleaseResult>; letBe: () => Promise<ReleaseResult> };

/** A release that a token asked for: what stands, what its person vouches for by signing, and the two ways out. */
export function PendingRelease({ request, order, title, note, begin, finish, letBe }: Props) {
  const router = useRouter();
  const [sending, setSending] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const key = useStepUp(useCallback(() => begin({ orderId: order.id, as: 'requested' }), [begin, order.id]));
  const busy = sending || key.busy;

  const send = async (act: () => Promise<ReleaseResult>) => {
    setSending(true);
    const result = await act().catch((): ReleaseResult => ({ ok: false, because: 'The server did not answer. It is still stopped.' }));
    setSending(false);
    setWrong(result.ok ? undefined : result.because);
    router.refresh();
  };
  const sign = async () => {
    setWrong(undefined);
    const stepUp = await key.sign();
    if (stepUp?.kind === 'passkey') await send(() => finish(stepUp));
  };
  return (
    <div className="page">
      <div className="page-read pending-release">
        <header>
          <h1>Release: <VisibleText text={title} /></h1>
          <p className="lede">Releasing permits a restart. It restarts nothing.{isArmed(order.scope) && ' After you, a second person has to agree with their passkey.'}</p>
        </header>
        {note}
        <section>
          <h2>By signing you say</h2>
          <ul className="signatures mt-2">{request.body.checklist.map((line) => <li key={line} className="signature"><Seal name="done" /><div><b>{lines[line]}</b></div></li>)}</ul>
        </section>
        <StepUp state={key.state} signing="this release" onAgain={() => void sign()} onLeave={key.leave} />
        {wrong && <p className="text-13" role="alert"><b>{wrong}</b></p>}
        <div className="acts">
          <Button disabled={busy} onClick={() => void send(letBe)}>Keep it stopped</Button>
          <Button tone="hand" disabled={busy} onClick={() => void sign()}><KeyRound size={14} aria-hidden="true" />{isArmed(order.scope) ? 'Ask for the release' : 'Release…'}</Button>
          <ButtonLink tone="quiet" href={`/switches/${order.id}`}>Open the stop</ButtonLink>
        </div>
      </div>
    </div>
  );
}
