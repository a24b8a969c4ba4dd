'use client';

import { useRouter } from 'next/navigation';
import { useCallback, useState } from 'react';
import { KeyRound } from 'lucide-react';
import { StepUp } from '@/components/access/step-up';
import { useStepUp } from '@/components/access/use-step-up';
import { Countdown } from '@/components/live/countdown';
import { Button } from '@/components/ui/button';
import { Seal } from '@/components/ui/glyphs';
import { sayClock } from '@/components/ui/say-time';
import { VisibleText } from '@/components/ui/visible';
import { isArmed } from './scope-words';
import type { BeginRelease, OrderView, ReleaseResult, RequestRelease, SecondRelease } from './view';

const checklist = [['cause_known', 'The cause is known'], ['cause_removed', 'The cause is removed'], ['evidence_kept', 'The evidence is kept'], ['owners_told', 'The owners are told']] as const;

type Props = {
  order: OrderView;
  /** Why this person cannot release it; absent when they can. */
  mayNot?: string;
  /** How many persons may release this at all, this one included. */
  releasers: number;
  viewerId: string;
  begin: BeginRelease;
  request: RequestRelease;
  second: SecondRelease;
  withdraw: (orderId: string) => Promise<ReleaseResult>;
};

/** Stopping is easier than starting: a checklist, a passkey, and for wide scopes a second person with theirs. Releasing restarts nothing. */
export function ReleasePanel({ order, mayNot, releasers, viewerId, begin, request, second, withdraw }: Props) {
  const router = useRouter();
  const [ticked, setTicked] = useState<ReadonlySet<string>>(() => new Set());
  const [sending, setSending] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const wide = isArmed(order.scope);
  const { state } = order;
  const pending = state.state === 'release_requested' ? state.pending : null;
  const yours = pending?.by.id === viewerId;
  const asked = pending !== null;
  const key = useStepUp(useCallback(() => begin({ orderId: order.id, as: asked ? 'seconded' : 'requested' }), [asked, begin, order.id]));

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
    if (stepUp?.kind !== 'passkey') return;
    await send(() => (asked ? second({ orderId: order.id, stepUp }) : request({ orderId: order.id, checklist: [...ticked], stepUp })));
  };
  const busy = sending || key.busy;
  const gentle = order.kind === 'pause';
  if (state.state === 'released') return <section><h2>{gentle ? 'Resumed' : 'Released'}</h2><p className="text-13 text-text-2 mt-1">At {sayClock(state.at)}. {gentle ? 'Sessions that nothing else holds go on.' : 'Sessions that were stopped stay stopped.'}</p></section>;
  return (
    <section>
      <h2>{gentle ? 'Resume' : 'Release'}</h2>
      <p className="text-13 text-text-2 mt-1">{gentle ? 'Resuming takes your passkey. What was paused goes on where it stood.' : 'Releasing takes your passkey and permits a restart. It restarts nothing.'}{wide && (releasers > 1 ? ` ${scopeWords[order.scope]} needs two people.` : ' Fewer people can release than this needs: one may, ten minutes after asking.')}</p>
      {pending ? (
        <ul className="signatures mt-3">
          <li className="signature"><Seal name="done" /><div><b>Checklist, {pending.checklist.length} of {checklist.length}</b></div></li>
          <li className="signature"><Seal name="approved" tone="hand" /><div><b><VisibleText text={pending.by.name ?? pending.by.kind} /></b>asked at {sayClock(state.state === 'release_requested' ? state.at : order.issuedAt)}{pending.reason && <>: “<VisibleText text={pending.reason} />”</>}</div></li>
          {pending.persons === 2 && <li className="signature" data-open={yours || mayNot ? 'others' : 'yours'}><Seal name={pending.seconded ? 'approved' : 'asked'} tone={pending.seconded ? 'hand' : yours || mayNot ? undefined : 'wait'} /><div><b>{pending.seconded ? pending.seconded.by.name : 'A second person: nobody yet'}</b>{!pending.seconded && pending.notBefore && <>or alone, in <Countdown until={pending.notBefore} over="a moment" /></>}</div></li>}
        </ul>
      ) : (
        <fieldset className="checklist" disabled={mayNot !== undefined || busy}>
          <legend className="text-13">Checklist, {ticked.size} of {checklist.length}</legend>
          {checklist.map(([key, words]) => <label key={key}><input type="checkbox" checked={ticked.has(key)} onChange={() => setTicked((before) => toggled(before, key))} />{words}</label>)}
        </fieldset>
      )}
      <div className="mt-3"><StepUp state={key.state} signing={asked ? 'this release, as the second person' : 'this release'} onAgain={() => void sign()} onLeave={key.leave} /></div>
      {wrong && <p className="text-13 mt-3" role="alert"><b>{wrong}</b></p>}
      <div className="mt-4 flex flex-wrap items-center gap-2">
        {mayNot !== undefined ? <p className="text-13 text-text-2">{mayNot}</p>
          : pending ? (
            <>
              {!yours && !pending.seconded && pending.persons === 2 && <Button tone="hand" disabled={busy} onClick={() => void sign()}><KeyRound size={14} aria-hidden="true" />Countersign the release</Button>}
              <Button disabled={busy} onClick={() => void send(() => withdraw(order.id))}>Keep it {gentle ? 'paused' : 'stopped'}</Button>
            </>
          ) : <Button disabled={busy || ticked.size < checklist.length} onClick={() => void sign()}><KeyRound size={14} aria-hidden="true" />{gentle ? (wide && releasers > 1 ? 'Ask to resume' : 'Resume…') : wide && releasers > 1 ? 'Ask for the release' : 'Release…'}</Button>}
      </div>
    </section>
  );
}

const scopeWords = { session: 'A session', instance: 'An instance', agent: 'An agent', class: 'A class', global: 'Everything' } as const;

function toggled(before: ReadonlySet<string>, key: string) {
  const after = new Set(before);
  if (!after.delete(key)) after.add(key);
  return after;
}
